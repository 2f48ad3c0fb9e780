"""Zeros that an incident found another way seems to contradict. A question to the unit, never a mark against it.

A zero is asked about where, at the moment it was filed, something had already happened or become known in
that very unit, and somebody who holds no post there recorded it. Drills, false alarms and double reports are
left out. The list follows the tree and is never sorted by number: a unit that is asked often may be the one
that others look at closely. See docs/adr/0081-a-contradicted-zero-is-a-question.md.
"""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import Appointment, Unit
from accounts.scope import Reach
from common.dates.local_time import day_of
from common.dates.periods import DAILY, WEEKLY, Period, period_of
from common.errors import Invalid, NotAllowed, NotFound
from common.text.personal_data import unsigned_personal_data_in
from incidents.choices import State
from incidents.models import Incident
from journal.keys import key
from journal.record import record
from zero_reports.filing.choices import Answer
from zero_reports.filing.models import ZeroReport
from zero_reports.questions.choices import ReplyReason
from zero_reports.questions.models import ZeroReply

#: How far back the page looks.
DAYS = 90
#: At most so many questions are shown of one page.
MOST = 100


class Question(NamedTuple):
    """A zero, the incident that seems to say otherwise, and what the unit answered."""

    report: ZeroReport
    incident: Incident
    reply: ZeroReply | None


class UnitZeros(NamedTuple):
    """Of one unit: how many zeros it filed in the time, and which are asked about."""

    unit: Unit
    zeros: int
    questions: list[Question]

    @property
    def open(self) -> int:
        return sum(question.reply is None for question in self.questions)


def zeros_of(reach: Reach, units: list[Unit], now: datetime) -> list[UnitZeros]:
    """Each unit's zeros of the last DAYS days with the questions about them, in the order of the tree."""
    since = day_of(now) - timedelta(days=DAYS)
    nils = ZeroReport.objects.filter(unit__in=units, current=True, answer=Answer.NIL, day__gte=since)
    many: dict[int, int] = {}
    for unit_id in nils.values_list("unit_id", flat=True):
        many[unit_id] = many.get(unit_id, 0) + 1
    asked = _questions(reach, units, nils, since, now)
    return [
        UnitZeros(unit, many.get(unit.pk, 0), asked.get(unit.pk, [])) for unit in units if unit.pk in many
    ]


def _questions(
    reach: Reach, units: list[Unit], nils: QuerySet[ZeroReport], since: date, now: datetime
) -> dict[int, list[Question]]:
    incidents = list(
        _found_another_way(reach, units).filter(was_at__gte=_midnight(since), was_at__lte=now)[:MOST]
    )
    days = {day_of(incident.was_at) for incident in incidents}
    weeks = {period_of(WEEKLY, day).day for day in days}
    near = nils.filter(Q(cadence=DAILY, day__in=days) | Q(cadence=WEEKLY, day__in=weeks))
    by_unit: dict[int, list[ZeroReport]] = {}
    for report in near.select_related("unit").order_by("day", "cadence"):
        by_unit.setdefault(report.unit_id, []).append(report)
    replies = {(r.report_id, r.incident_id): r for r in ZeroReply.objects.filter(incident__in=incidents)}
    found: dict[int, list[Question]] = {}
    for incident in incidents:
        for report in by_unit.get(incident.unit_id, []):
            if is_contradicted(report, incident):
                reply = replies.get((report.pk, incident.pk))
                found.setdefault(incident.unit_id, []).append(Question(report, incident, reply))
    return found


def is_contradicted(report: ZeroReport, incident: Any) -> bool:
    """Whether it was there within the period and before the zero was filed; exactly at that moment is not."""
    return report.period.starts_at <= incident.was_at < min(report.period.ends_at, report.received_at)


def _found_another_way(reach: Reach, units: list[Unit]) -> QuerySet[Incident]:
    """Incidents of these units that somebody without a post there recorded; `was_at` is when it was there."""
    own_people = Appointment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=OuterRef("recorded_at")),
        person=OuterRef("reported_by"),
        post__unit=OuterRef("unit"),
        valid_from__lte=OuterRef("recorded_at"),
    )
    rows = Incident.objects.visible_to(reach).real().filter(~Exists(own_people), unit__in=units)
    rows = rows.exclude(state__in=[State.RETRACTED, State.MERGED])
    return rows.annotate(was_at=Coalesce(F("happened_at"), F("known_at"))).order_by("recorded_at", "pk")


def _midnight(day: date) -> datetime:
    return Period(DAILY, day).starts_at


@transaction.atomic
def reply(
    *, reach: Reach, report: ZeroReport, incident: Incident, reason: str, now: datetime, note: str = ""
) -> ZeroReply:
    """Answer the question for the unit. The last answer stands.

    Raises NotAllowed for anybody who does not file for the unit, NotFound where nothing is asked.
    """
    unit = Unit.objects.select_for_update(no_key=True).get(pk=report.unit_id)

    if not reach.holds("report.file", unit.path):
        raise NotAllowed(
            "not_your_unit",
            _(
                "The answer was not kept: only %(unit)s, or a unit above that files for it, can say. Ask the unit."
            )
            % {"unit": unit},
        )
    asked = {(q.report.pk, q.incident.pk) for zeros in zeros_of(reach, [unit], now) for q in zeros.questions}
    if (report.pk, incident.pk) not in asked:
        raise NotFound(
            "not_asked", _("The answer was not kept: nothing is asked about this zero. Load the page again.")
        )
    if reason not in ReplyReason.values or unsigned_personal_data_in(note):
        raise Invalid(
            "bad_reply",
            _("The answer was not kept: choose one of the reasons, and name no people or numbers."),
            fields={"reason": [_("Choose one of the reasons.")]},
        )

    values = {"reason": reason, "note": note[:200], "at": now, "by": reach.user}
    made, _is_new = ZeroReply.objects.update_or_create(report=report, incident=incident, defaults=values)

    record(
        "zero_report.questioned",
        subject=key("zero_report", unit.pk, report.period),
        unit=unit,
        actor=reach.user,
        at=now,
        content={"receipt": report.receipt, "incident": incident.number, "reason": reason},
    )
    return made
