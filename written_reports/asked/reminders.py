"""Following up written reports that are not handed in: the steps of zero-reports, taken once each.

The plan says when (`remind`); the unit is asked before the cut-off and at it, the level above then hears who is
silent, and silence climbs. A step is a row, written in the transaction that queues its notices, so any number of
processes may take it. Lock, check, change, record.
"""

import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import Unit
from common.alone import Loop
from common.dates.local_time import LOCAL
from common.dates.periods import Period
from journal.keys import key
from notices.choices import ON_SCREEN, ROUTINE, Channel, State
from notices.models import Notice
from notices.recipients import Recipient
from notices.sending.bulk import Note, queue_many
from notices.sending.message_templates import Message
from written_reports.asked.asking import Asking, askings
from written_reports.models import WrittenReminder, WrittenReport
from zero_reports.reminders.actions import ANSWERED
from zero_reports.reminders.alerts import WAYS, names_of, words_of
from zero_reports.reminders.choices import TO_THE_UNIT, Do
from zero_reports.reminders.queries import Group, Target, answering_for, parents_with, targets_above
from zero_reports.reminders.rules import STILL_USEFUL, Step, is_stale, steps_of

#: The beginning of every purpose of this room's reminders.
PURPOSE = "written."
DUE, MISSED, SILENT = "written.due", "written.missed", "written.silent"
ASKING, TAKING = Loop("written.asked"), Loop("written.take")
#: So much of a clock's id stands in a subject.
_CLOCK = 20


def remind_written(now: datetime) -> int:
    """Take every step that is due and not taken. Returns how many."""
    known = {"/".join(asking.name): asking for asking in askings(now)}
    due: list[tuple[Asking, Period, int, Step]] = []

    def look(name: str) -> int:
        due.extend(_due_of(known[name], now))
        return 0

    ASKING.each_not_resting(known, look, now)
    if not due:
        return 0
    taken = set(WrittenReminder.objects.values_list("plan", "clock", "period", "number"))
    keys = [(*asking.name, str(period), number) for asking, period, number, _step in due]
    left = {"/".join(map(str, key)): one for key, one in zip(keys, due, strict=True) if key not in taken}
    return TAKING.each_not_resting(left, lambda name: _take(*left[name], now), now)


def _due_of(asking: Asking, now: datetime) -> list[tuple[Asking, Period, int, Step]]:
    return [
        (asking, period, number, step)
        for period in (asking.period_at(now, 1), asking.period_at(now))
        for number, step in enumerate(_steps(asking, period), start=1)
        if step.at < now <= asking.due_at(period) + STILL_USEFUL and asking.holds(period)
    ]


def _steps(asking: Asking, period: Period) -> list[Step]:
    return steps_of(asking.version.document, asking.line.remind, asking.due_at(period))


@transaction.atomic
def _take(asking: Asking, period: Period, number: int, step: Step, now: datetime) -> int:
    """Take one step, unless another process has. What is of no use any more is only marked."""
    plan, clock = asking.name
    row, is_mine = WrittenReminder.objects.get_or_create(
        plan=plan, clock=clock, period=str(period), number=number, defaults={"at": now}
    )
    if not is_mine:
        return 0
    if not is_stale(step.do, asking.due_at(period), now):
        silent = list(silent_units(asking, period))
        row.told = _tell(asking, period, number, step, silent, now)
        row.save(update_fields=["told"])
    return 1


def silent_units(asking: Asking, period: Period) -> Iterable[Unit]:
    """Those that are asked and have handed nothing in, in tree order."""
    done = WrittenReport.objects.of(period).filter(plan=asking.plan, clock=asking.line.id, version__gte=1)
    rows = Unit.objects.filter(asking.units(asking.due_at(period))).exclude(pk__in=done.values("unit"))
    return rows.select_related("parent").order_by("path")


def _tell(asking: Asking, period: Period, number: int, step: Step, silent: list[Unit], now: datetime) -> int:
    due = asking.due_at(period)
    facts = {
        "title": {"zh": asking.line.words.zh, "en": asking.line.words.en},
        "period": {"zh": str(period), "en": str(period)},
        "until": f"{due.astimezone(LOCAL):%m-%d %H:%M}",
    }
    if step.do in TO_THE_UNIT:
        people = answering_for(silent, now)
        wording = DUE if step.do == Do.BEFORE else MISSED
        told: list[tuple[Unit, list[Recipient], dict]] = [(unit, people[unit.pk], {}) for unit in silent]
    else:
        wording = SILENT
        told = [
            (unit, them, {"count": group.many, "names": names_of(group)})
            for unit, them, group in _above(step, silent, now)
        ]
    notes = [
        Note(
            them,
            subject=subject_of(unit.pk, asking.plan, asking.line.id, period),
            unit=unit,
            message=Message(wording=wording, facts={"unit": words_of(unit), **facts, **more}),
        )
        for unit, them, more in told
        if them
    ]
    return queue_many(
        notes,
        channels=WAYS,
        purpose=f"{wording}.{number}",
        thread="",
        priority=ROUTINE,
        expires_at=due if step.do == Do.BEFORE else due + STILL_USEFUL,
        now=now,
    )


def _above(step: Step, silent: list[Unit], now: datetime) -> Iterable[tuple[Unit, list[Recipient], Group]]:
    """Who hears of the silent ones: the units right above them, or the holders of the post a step climbs to."""
    groups: dict[str, Group] = {}
    for unit in silent:
        if unit.parent is not None:
            one = Group(1, [(unit.name, unit.name_en or unit.name)])
            path = unit.parent.path
            groups[path] = groups[path].plus(one) if path in groups else one
    found: Iterable[tuple[Target, Group]]
    if step.do == Do.SUMMARY:
        found = parents_with(groups, now)
    else:
        found = targets_above(step.post, step.tier, groups, now)
    return [(target.unit, target.people, group) for target, group in found]


# --- who has handed in is left alone -----------------------------------------------------------------------------


def subject_of(unit_id: int, plan: str, clock: str, period: Period) -> str:
    """What a notice is about. A plan's id may be longer than a subject: its checksum says which."""
    return key("written", unit_id, period, clock[:_CLOCK], f"{zlib.crc32(plan.encode()):08x}")


def take_back(report: WrittenReport) -> None:
    """Take reminders about this report from the screens and out of the queue: it is handed in."""
    subject = subject_of(report.unit_id, report.plan, report.clock, report.period)
    asked = Notice.objects.filter(Q(purpose__startswith=DUE) | Q(purpose__startswith=MISSED), subject=subject)
    on_screen = Q(channel=Channel.APP, state__in=ON_SCREEN)
    asked.filter(on_screen | Q(state=State.QUEUED)).update(state=State.CANCELLED, last_error=ANSWERED)


def not_needed(batch: Sequence[Notice], now: datetime) -> dict[int, str]:
    """Asked by the outbox at the moment of sending: reminders of what was handed in meanwhile, and why they rest."""
    asked = [notice for notice in batch if notice.purpose.startswith((DUE, MISSED))]
    units = {notice.unit_id for notice in asked}
    done = {
        subject_of(report.unit_id, report.plan, report.clock, report.period)
        for report in WrittenReport.objects.filter(unit__in=units, version__gte=1)
        .order_by("-day")
        .only("unit_id", "plan", "clock", "cadence", "day")
    }
    return {notice.pk: ANSWERED for notice in asked if notice.subject in done}
