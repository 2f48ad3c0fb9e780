"""What happens to zero-reports. Lock, check, change, record."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.reform.queries import successors
from accounts.scope import Reach
from common.database.composed import Change
from common.database.inserts import Rows
from common.dates.periods import Period
from common.errors import Invalid, Refused, WrongState
from common.failpoints import crash_point
from common.text.personal_data import unsigned_personal_data_in
from incidents.models import Incident
from journal.keys import key
from journal.record import record
from zero_reports.filing import permissions
from zero_reports.filing.choices import Answer, Via
from zero_reports.filing.classes import classes_at
from zero_reports.filing.models import ReportItem, ZeroReport
from zero_reports.filing.slots import Slot, lock_slot
from zero_reports.lock.actions import check_open, note_use
from zero_reports.lock.queries import lock_of
from zero_reports.rounds import rules
from zero_reports.rounds.cadence import due_at
from zero_reports.rounds.models import Round, Silence

_REPORTS, _ITEMS = Rows(ZeroReport), Rows(ReportItem)
_OVERTAKE = Change(lambda pk: (ZeroReport.objects.filter(pk=pk), {"current": False}))


@dataclass(frozen=True, slots=True)
class Item:
    """One matter as handed in; `incident` is the number of one already recorded."""

    dispute_class: str = ""
    count: int = 1
    note: str = ""
    incident: str = ""


def subject_of(unit: Unit, period: Period) -> str:
    """The journal's name of a unit's answer for a period, the same for all its versions."""
    return key("zero_report", unit.pk, period)


@transaction.atomic
def file_report(
    *,
    reach: Reach,
    unit: Unit,
    period: Period,
    answer: str,
    now: datetime,
    items: Iterable[Item] = (),
    via: str = Via.PAGE,
    check_version: Callable[[int], None] | None = None,
) -> ZeroReport:
    """Take a unit's answer for a period: the first one, or a correction as the next version.

    `check_version` is called under the lock with the version that stands (0: none), to raise if that is another one
    than the caller has read.

    After the cut-off it is late, not refused, until the lock; then only an exception opens it. The same answer by
    the same person again is the same report: nothing is written and the receipt is the one already given. Two
    people at once make two versions.
    Source: city plan §2.2(1); Jintan campaign rules 四 1.
    """
    slot = lock_slot(unit.pk, period)
    unit, before = slot.unit, slot.before
    items = tuple(items)

    permissions.check_can_file(reach, unit)
    if check_version:
        check_version(before.version if before else 0)
    due = _due_at(unit, period, slot.over, now)
    _check_answer(unit, answer, items)
    _check_classes(unit, items, before, now)
    incidents = _incidents(reach, unit, items)
    if before and _is_same(before, reach, answer, items):
        return before
    post, on_behalf = permissions.filing_post(reach, unit)
    filer = Filer(reach.user, post.title if post else "", on_behalf)
    return _write(slot, period, due, filer, answer, items, incidents, via, now)


@transaction.atomic
def file_nil_by_link(*, unit: Unit, period: Period, link_id: int, now: datetime) -> ZeroReport:
    """File nil for a unit that has not answered, in nobody's name: who holds the link is not known."""
    slot = lock_slot(unit.pk, period)
    due = _due_at(slot.unit, period, slot.over, now)
    return _write(slot, period, due, Filer(link=link_id), Answer.NIL, (), {}, Via.LINK, now)


def check_open_for(slot: Slot, period: Period, now: datetime) -> None:
    """Raises WrongState where the unit could not file the period at `now`."""
    due = _due_at(slot.unit, period, slot.over, now)
    check_open(lock_of(slot.unit, period, due, slot.over, now), slot.unit, period)


class Filer(NamedTuple):
    """In whose name a report stands."""

    user: User | None = None
    post: str = ""
    on_behalf: bool = False
    #: The one-tap link that filed it, where no person did.
    link: int = 0


def _write(
    slot: Slot,
    period: Period,
    due: datetime,
    filer: Filer,
    answer: str,
    items: tuple[Item, ...],
    incidents: dict[str, Incident],
    via: str,
    now: datetime,
) -> ZeroReport:
    """The next version of the unit's answer, under the unit's lock."""
    unit, before = slot.unit, slot.before
    lock = lock_of(unit, period, due, slot.over, now)
    check_open(lock, unit, period)

    report = _new_version(before, filer, unit, period, due, now)
    report.answer, report.via, report.exception = answer, via, lock.exception
    report.counted = before.counted if before else _is_counted(slot.over, unit, period)
    if before:
        _OVERTAKE(before.pk)
    _REPORTS.insert(report)
    if items:
        _ITEMS.insert_all(_rows(report, items, incidents))
    note_use(lock, now)

    record(
        rules.SLOTS[rules.CORRECT if before else rules.FILE].entry,
        subject=subject_of(unit, period),
        unit=unit,
        actor=filer.user,
        post=report.post,
        at=now,
        content=_told(report, before, items) | ({"via": "link", "link": filer.link} if filer.link else {}),
    )
    crash_point("zero_reports.before_commit")
    report.is_fresh = True
    return report


class FiledFor(NamedTuple):
    """What became of one unit of a list: its report, or the reason why there is none."""

    unit: Unit
    report: ZeroReport | None
    refused: Refused | None


def file_nil_for(*, reach: Reach, units: Iterable[Unit], period: Period, now: datetime) -> list[FiledFor]:
    """File "nothing to report" for several units (代报). One that is refused holds up no other.

    A unit that has answered keeps its answer: a list is never a correction.
    """
    done = []
    for unit in units:
        try:
            with transaction.atomic():
                slot = lock_slot(unit.pk, period)
                report = slot.before or file_report(
                    reach=reach, unit=slot.unit, period=period, answer=Answer.NIL, via=Via.TABLE, now=now
                )
        except Refused as refused:
            done.append(FiledFor(unit, None, refused))
        else:
            done.append(FiledFor(unit, report, None))
    return done


def _new_version(
    before: ZeroReport | None, filer: Filer, unit: Unit, period: Period, due: datetime, now: datetime
) -> ZeroReport:
    version = before.version + 1 if before else 1
    # Two who come at once may reach the lock in another order than the door, where each read its time.
    received_at = max(now, before.received_at) if before else now
    return ZeroReport(
        unit=unit,
        cadence=period.cadence,
        day=period.day,
        version=version,
        receipt=f"R-{unit.code}-{str(period).replace('-', '')}-{version}",
        received_at=received_at,
        first_received_at=before.first_received_at if before else now,
        due_at=due,
        filed_by=filer.user,
        post=filer.post,
        on_behalf=filer.on_behalf,
    )


def _told(report: ZeroReport, before: ZeroReport | None, items: tuple[Item, ...]) -> dict:
    """What the journal keeps: the tallies are folded from `was`, `answer`, `late` and `counted`."""
    return {
        "period": str(report.period),
        "version": report.version,
        "receipt": report.receipt,
        "was": before.answer if before else "",
        "answer": report.answer,
        "late": report.is_late,
        "counted": report.counted,
        "on_behalf": report.on_behalf,
        "items": [[item.incident or item.dispute_class, item.count] for item in items],
        **({"exception": report.exception.reason} if report.exception else {}),
    }


def _rows(report: ZeroReport, items: tuple[Item, ...], incidents: dict[str, Incident]) -> list[ReportItem]:
    return [
        ReportItem(
            report=report,
            dispute_class=item.dispute_class,
            incident=incidents.get(item.incident),
            count=item.count,
            note=item.note,
        )
        for item in items
    ]


def _incidents(reach: Reach, unit: Unit, items: tuple[Item, ...]) -> dict[str, Incident]:
    """The incidents the items name. Raises Invalid for one that this person may not see or that is not the unit's."""
    numbers = {item.incident for item in items if item.incident}
    if not numbers:
        return {}
    mine = Incident.objects.visible_to(reach).real().filter(number__in=numbers, unit_path__under=unit.path)
    found = {incident.number: incident for incident in mine}
    if unknown := sorted(numbers - found.keys()):
        raise Invalid(
            "unknown_incident",
            _(
                "The report for %(unit)s was not filed: %(number)s is not an incident of this unit. "
                "Choose one of its incidents, or describe the matter."
            )
            % {"unit": unit, "number": unknown[0]},
        )
    return found


def _is_same(before: ZeroReport, reach: Reach, answer: str, items: tuple[Item, ...]) -> bool:
    if before.filed_by_id != reach.user.pk or before.answer != answer:
        return False
    return Counter(items) == Counter(items_in(before) if items else ())


def items_in(report: ZeroReport) -> list[Item]:
    """The items of a report as they were handed in."""
    return [
        Item(item.dispute_class, item.count, item.note, item.incident.number if item.incident else "")
        for item in report.items.select_related("incident")
    ]


def _is_counted(over: Round | None, unit: Unit, period: Period) -> bool:
    """Once the counts are fixed, only those whose silence was written down can still be counted."""
    if over is None or over.fixed_at is None:
        return True
    return Silence.objects.of(period).filter(unit=unit).exists()


def _due_at(unit: Unit, period: Period, over: Round | None, now: datetime) -> datetime:
    """The cut-off of this unit and period. Raises WrongState where it cannot be filed at `now`."""
    due = due_at(unit, period, over)
    code = rules.why_not(
        period=period, due_at=due, valid_from=unit.valid_from, valid_to=unit.valid_to, now=now
    )
    if due is None or code:
        sentence = {
            "period_not_begun": _(
                "The report for %(unit)s was not filed: %(period)s has not begun. File it when that time has come."
            ),
            "not_asked": _(
                "The report for %(unit)s was not filed: the plan does not ask this unit for %(period)s. "
                "Choose a period it asks for."
            ),
            "unit_not_yet_open": _(
                "The report for %(unit)s was not filed: the unit did not exist yet in %(period)s. "
                "Choose a later period."
            ),
            "unit_closed": _(
                "The report for %(unit)s was not filed: the unit was closed before the cut-off of %(period)s. "
                "File for the unit that took over from it: %(successors)s."
            ),
        }[code]
        after = ", ".join(f"{one} ({one.code})" for one in successors(unit)) if code == "unit_closed" else ""
        raise WrongState(code, sentence % {"unit": unit, "period": period, "successors": after or "–"})
    return due


def _check_answer(unit: Unit, answer: str, items: tuple[Item, ...]) -> None:
    named = [item.incident for item in items if item.incident]
    is_well_formed = all((i.dispute_class or i.incident) and i.count >= 1 for i in items)
    is_twice = len(named) != len(set(named))
    if (
        answer not in Answer.values
        or (answer == Answer.ITEMS) != bool(items)
        or not is_well_formed
        or is_twice
    ):
        raise Invalid(
            "answer_and_items_disagree",
            _(
                "The report for %(unit)s was not filed: “nothing” takes no items, and “something” needs at least "
                "one, each with a class and a count. Check the items and send it again."
            )
            % {"unit": unit},
        )
    if any(unsigned_personal_data_in(item.note) for item in items):
        raise Invalid(
            "personal_data",
            _(
                "The report for %(unit)s was not filed: a sentence holds an identity, telephone or card number, "
                "and reports name no people. Take the number out and send it again."
            )
            % {"unit": unit},
        )


def _check_classes(unit: Unit, items: tuple[Item, ...], before: ZeroReport | None, now: datetime) -> None:
    """Of the plan's classes; a correction may keep one that the plan has given up since."""
    named = {item.dispute_class for item in items if item.dispute_class}
    if not named or named <= (known := classes_at(unit, now)).keys():
        return
    said_before = {item.dispute_class for item in items_in(before)} if before else set()
    if unknown := named - known.keys() - said_before:
        raise Invalid(
            "unknown_class",
            _(
                "The report for %(unit)s was not filed: the plan has no class “%(name)s”. Choose one of: %(known)s."
            )
            % {"unit": unit, "name": min(unknown), "known": ", ".join(known)},
        )
