"""What happens to matters. Lock, check, change, record."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from cases.demands.models import Demand
from cases.matters import permissions, rules
from cases.matters.choices import MatterState, MatterVerb
from cases.matters.models import Matter
from cases.matters.transitions import check_open, check_words, lock_matter, record_act
from common.database.numbers import next_number
from common.dates.local_time import day_of
from common.errors import Invalid, WrongState
from common.failpoints import crash_point
from common.revisions import save
from common.states import Transition, move
from incidents.choices import Source
from incidents.reporting.actions import Alarm, report_incident
from plans.engine.facts import Facts
from zero_reports.filing.models import ReportItem


@transaction.atomic
def register_matter(*, reach: Reach, item_id: int, now: datetime) -> Matter:
    """Register a reported item as a matter. A second time gives the matter that is there.

    Source: Jintan campaign rules 四 5 (汇总登记).
    """
    item = (
        ReportItem.objects.select_for_update(of=("self",))
        .select_related("report__unit", "incident")
        .get(pk=item_id)
    )

    permissions.check_can_register(reach, item.report.unit)
    if found := Matter.objects.filter(item=item).first():
        return found
    if not item.report.current:
        raise WrongState(
            "report_was_corrected",
            _(
                "The matter was not registered: %(unit)s has corrected its report since. Load the list again and "
                "register what it says now."
            )
            % {"unit": item.report.unit},
        )

    unit = item.report.unit
    matter = Matter(
        number=next_number(unit_code=unit.code, now=now, prefix="M-"),
        item=item,
        unit=unit,
        unit_path=unit.path,
        cadence=item.report.cadence,
        day=item.report.day,
        dispute_class=item.dispute_class,
        count=item.count,
        note=item.note,
        incident=item.incident,
        registered_at=now,
    )
    matter.save(force_insert=True)

    begun = rules.TRANSITIONS.begin
    record_act(begun.entry, begun.verb, matter, reach, now, "")
    return matter


@transaction.atomic
def assign_matter(
    *,
    reach: Reach,
    matter_id: int,
    lead: Unit,
    now: datetime,
    helpers: str = "",
    due_date: date | None = None,
    note: str = "",
) -> Matter:
    """Name the unit that leads (主办), those that help (协办), and until when (一 4, 二 3)."""
    matter = lock_matter(matter_id)

    permissions.check_can_work_on(reach, matter)
    check_words(matter, helpers, note)
    if lead.valid_to and lead.valid_to <= day_of(now):
        raise Invalid(
            "unit_closed",
            _("%(number)s was not assigned: %(unit)s no longer exists. Choose another unit.")
            % {"number": matter.number, "unit": lead},
            fields={"lead": [_("This unit no longer exists.")]},
        )
    done = _move(matter, MatterVerb.ASSIGN)

    matter.lead_unit, matter.helpers, matter.due_date = lead, helpers, due_date
    save(matter, "state", "lead_unit", "helpers", "due_date")

    said = "; ".join(part for part in (str(lead), helpers, note) if part)
    record_act(done.entry, done.verb, matter, reach, now, said, lead=lead.code)
    return matter


@transaction.atomic
def work_on(*, reach: Reach, matter_id: int, verb: str, note: str, now: datetime) -> Matter:
    """Coordinate, follow up, or take up again: a state and a sentence."""
    matter = lock_matter(matter_id)

    permissions.check_can_work_on(reach, matter)
    _check_note(matter, verb, note)
    done = _move(matter, verb)

    if verb == MatterVerb.REOPEN:
        matter.filed_at = None
    save(matter, "state", "filed_at")

    record_act(done.entry, done.verb, matter, reach, now, note)
    return matter


@transaction.atomic
def file_matter(*, reach: Reach, matter_id: int, result: str, file_number: str, now: datetime) -> Matter:
    """Close the matter with its result and the number of its paper file (建档备案; 九 4)."""
    matter = lock_matter(matter_id)

    permissions.check_can_work_on(reach, matter)
    _check_note(matter, MatterVerb.FILE, result)
    check_words(matter, file_number)
    if not file_number.strip():
        raise Invalid(
            "file_number_missing",
            _(
                "%(number)s was not filed: the number of its file is missing. Write where the paper file is kept."
            )
            % {"number": matter.number},
            fields={"file_number": [_("Write the number of the file.")]},
        )
    _check_answered(matter)
    done = _move(matter, MatterVerb.FILE)

    matter.result, matter.file_number, matter.filed_at = result, file_number, now
    save(matter, "state", "result", "file_number", "filed_at")

    record_act(done.entry, done.verb, matter, reach, now, result, file=file_number)
    return matter


@transaction.atomic
def make_incident(*, reach: Reach, matter_id: int, now: datetime) -> Matter:
    """Turn the matter into an incident with one act; a second time gives the incident that is there."""
    matter = lock_matter(matter_id)

    permissions.check_can_work_on(reach, matter)
    if matter.incident_id:
        return matter

    alarm = Alarm(
        unit=matter.unit,
        place=matter.unit.name,
        what=matter.note or matter.class_name,
        facts=Facts(),
        client_id=matter.key,
        source=Source.REPORT,
        known_at=matter.item.report.first_received_at,
    )
    matter.incident, _is_new = report_incident(reach=reach, alarm=alarm, now=now)
    save(matter, "incident")

    number = matter.incident.number
    record_act("matter.became_incident", MatterVerb.TO_INCIDENT, matter, reach, now, number, incident=number)
    crash_point("matters.before_commit")
    return matter


@transaction.atomic
def accept_dispute(*, reach: Reach, matter_id: int, now: datetime) -> Matter:
    """Accept the matter as a major or difficult dispute: the quick report is due the same day (三 2)."""
    matter = lock_matter(matter_id)

    permissions.check_can_work_on(reach, matter)
    if matter.accepted_at:
        return matter
    check_open(matter)

    matter.accepted_at = now
    save(matter, "accepted_at")

    record_act("dispute.accepted", MatterVerb.ACCEPT, matter, reach, now, "")
    return matter


@transaction.atomic
def end_mediation(*, reach: Reach, matter_id: int, now: datetime) -> Matter:
    """Say that the mediation has ended: the feedback is due within two working days (三 2)."""
    matter = lock_matter(matter_id)

    permissions.check_can_work_on(reach, matter)
    if matter.mediation_ended_at:
        return matter
    check_open(matter)
    if matter.accepted_at is None:
        raise WrongState(
            "not_accepted",
            _(
                "Nothing was changed on %(number)s: it was not accepted as a major dispute yet. Accept it first."
            )
            % {"number": matter.number},
        )

    matter.mediation_ended_at = now
    save(matter, "mediation_ended_at")

    record_act("mediation.ended", MatterVerb.END_MEDIATION, matter, reach, now, "")
    return matter


def _move(matter: Matter, verb: str) -> Transition:
    return move(
        matter,
        rules.TRANSITIONS,
        verb,
        lambda: (
            _(
                "Nothing was changed on %(number)s: it is “%(state)s”, and “%(verb)s” does not follow from that. Load the page again."
            )
            % {
                "number": matter.number,
                "state": MatterState(matter.state).label,
                "verb": MatterVerb(verb).label,
            }
        ),
    )


def _check_note(matter: Matter, verb: str, note: str) -> None:
    if verb in rules.NEEDS_NOTE and not note.strip():
        raise Invalid(
            "note_missing",
            _("Nothing was changed on %(number)s: say in a sentence what was done or why.")
            % {"number": matter.number},
            fields={"note": [_("Say in a sentence what was done or why.")]},
        )
    check_words(matter, note)


def _check_answered(matter: Matter) -> None:
    """A matter that was taken on as a demand is filed once the demand is closed."""
    if Demand.objects.filter(matter=matter, closed_at=None).exists():
        raise WrongState(
            "demand_open",
            _(
                "%(number)s was not filed: its demand is not closed yet. Note the reply and close the demand first."
            )
            % {"number": matter.number},
        )
