"""What happens to matters. Lock, check, change, record."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.exclusions.actions import check_not_complained_of, shut_out_accused, who_handles
from accounts.models import Unit, User
from accounts.scope import Reach
from cases.demands.models import Demand
from cases.leader_cases.proposing import propose_for_matter
from cases.matters import permissions, rules
from cases.matters.choices import MatterState, MatterVerb
from cases.matters.models import Matter
from cases.matters.queries import as_thing, major_situations_for
from cases.matters.transitions import check_open, check_words, keep_step, lock_matter, record_act
from clocks.models import Clock
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
        number=next_number(unit_code=unit.code, now=now, prefix="M-", drill=False),
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
    helpers: Sequence[Unit] = (),
    due_date: date | None = None,
    note: str = "",
) -> Matter:
    """Name the unit that leads (主办), those that help (协办), and until when (一 4, 二 3)."""
    matter = lock_matter(matter_id)

    permissions.check_can_work_on(reach, matter)
    check_words(matter, note)
    for unit in (lead, *helpers):
        if unit.valid_to and unit.valid_to <= day_of(now):
            raise Invalid(
                "unit_closed",
                _("%(number)s was not assigned: %(unit)s no longer exists. Choose another unit.")
                % {"number": matter.number, "unit": unit},
                fields={"lead" if unit == lead else "helpers": [_("This unit no longer exists.")]},
            )
    check_not_complained_of([matter.key], [lead, *helpers], matter.number)
    done = _move(matter, MatterVerb.ASSIGN)

    matter.lead_unit, matter.due_date, matter.helpers = lead, due_date, ""
    matter.helper_units.set(helpers)
    save(matter, "state", "lead_unit", "due_date", "helpers")

    said = "; ".join(part for part in (str(lead), "、".join(map(str, helpers)), note) if part)
    record_act(done.entry, done.verb, matter, reach, now, said, lead=lead.code)
    return matter


@transaction.atomic
def hide_accusation(
    *, reach: Reach, matter_id: int, accused: Unit, note: str, now: datetime, people: Sequence[User] = ()
) -> Matter:
    """Keep it and its demands from the unit it complains of, and from the people it accuses; the superior leads from now
    on. Source: Petition Work Regulations art. 30(3)."""
    matter = lock_matter(matter_id)

    permissions.check_can_work_on(reach, matter)
    check_words(matter, note)
    if not note.strip():
        raise Invalid(
            "note_missing",
            _("Nothing was changed on %(number)s: say in a sentence what it complains of.")
            % {"number": matter.number},
            fields={"note": [_("Say it in a sentence.")]},
        )
    lead = who_handles(matter.lead_unit or matter.unit, accused, matter.number)

    matter.accusation, matter.lead_unit, matter.helpers = True, lead, ""
    matter.helper_units.remove(*matter.helper_units.filter(path__under=accused.path))
    save(matter, "accusation", "lead_unit", "helpers")
    for demand in matter.demands.select_related("lead_unit"):
        demand.accusation, demand.lead_unit = True, who_handles(demand.lead_unit, accused, demand.number)
        demand.lead_path = demand.lead_unit.path
        save(demand, "accusation", "lead_unit", "lead_path")
        demand.supporters.remove(*demand.supporters.filter(path__under=accused.path))
        Clock.objects.filter(subject=demand.key).update(thread=demand.key)
    keep_step(MatterVerb.ACCUSATION, matter, reach, now, note.strip())
    thing = as_thing(matter)
    shut_out_accused(reach=reach, thing=thing, unit=accused, people=people, reason=note, now=now)
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
    if verb == MatterVerb.REOPEN:
        propose_for_matter(matter, now, taken_up_again=True)
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
def accept_dispute(*, reach: Reach, matter_id: int, now: datetime, kinds: Collection[str] = ()) -> Matter:
    """Accept the matter as a major or difficult dispute: the quick report is due the same day (三 2).

    `kinds`: of major situation, by the plan in force (三 1); where one names some, at least one is said.
    """
    matter = lock_matter(matter_id)

    permissions.check_can_work_on(reach, matter)
    if matter.accepted_at:
        return matter
    check_open(matter)
    matter.major_kinds = _kinds_of(matter, kinds, now)

    matter.accepted_at = now
    save(matter, "accepted_at", "major_kinds")

    said = "；".join(kind["zh"] for kind in matter.major_kinds)
    record_act(
        "dispute.accepted", MatterVerb.ACCEPT, matter, reach, now, said, kinds=" ".join(sorted(set(kinds)))
    )
    propose_for_matter(matter, now)
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


def _kinds_of(matter: Matter, kinds: Collection[str], now: datetime) -> list[dict[str, str]]:
    """What the plan calls them, to be read when the plan is no more."""
    offered = {line.id: line for line in major_situations_for(matter.unit, now)}
    if (offered and not kinds) or set(kinds) - set(offered):
        raise Invalid(
            "kind_missing",
            _("%(number)s was not accepted: say which kind of major situation it is. Choose from the list.")
            % {"number": matter.number},
            fields={"kinds": [_("Choose at least one of the list.")]},
        )
    return [
        {"id": line.id, "zh": line.words.zh, "en": line.words.en, "cite": line.cite}
        for line in offered.values()
        if line.id in kinds
    ]


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
