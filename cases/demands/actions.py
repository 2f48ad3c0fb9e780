"""How a demand comes in, and whose it is: registered, assigned, transferred, sent back. Lock, check, change, record.

How it is answered: cases.demands.answering; what is agreed about its time limits: cases.demands.terms."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.exclusions.actions import check_not_complained_of, shut_as, shut_out_accused, who_handles
from accounts.models import Unit, User
from accounts.scope import Reach
from cases.demands import alerts, permissions, queries, rules
from cases.demands.choices import DemandOrigin, DemandVerb
from cases.demands.models import Demand
from cases.demands.transitions import (
    check_is_said,
    check_verb,
    check_words,
    keep,
    keep_step,
    lock_demand,
    record_act,
    record_only,
)
from cases.leader_cases.proposing import propose_for_demand
from cases.matters.choices import MatterVerb
from cases.matters.models import Matter
from cases.matters.permissions import check_can_work_on as check_can_work_on_matter
from cases.matters.transitions import check_open, lock_matter
from cases.matters.transitions import keep_step as keep_matter_step
from clocks.models import Clock
from common.database.numbers import next_number
from common.dates.local_time import day_of
from common.errors import Invalid, WrongState
from common.failpoints import crash_point
from incidents.models import Incident


@transaction.atomic
def register_demand(
    *,
    reach: Reach,
    unit: Unit,
    origin: str,
    point: str,
    now: datetime,
    kind: str = "",
    lead_unit: Unit | None = None,
    supporters: Sequence[Unit] = (),
    office_number: str = "",
    incident: Incident | None = None,
    matter: Matter | None = None,
    passed_on: str = "",
    accused: Unit | None = None,
) -> Demand:
    """Register one point that somebody is owed an answer to. The plans' clocks and the statute's start.

    `office_number` is its number in the petition system; the demand is known by it and by nobody's name.
    `accused`: the unit it complains of never sees more of it than whoever registers it does now; its superior answers.
    Source: Petition Work Regulations art. 23; unit plan §三(二)1–2.
    """
    permissions.check_can_register(reach, unit)
    lead = lead_unit or unit
    _check_not_played(incident)
    _check_in_order(unit, point, kind, office_number, now)
    _check_there([lead, *supporters], now)

    demand = Demand(
        number=next_number(unit_code=unit.code, now=now, prefix="SQ-", drill=False),
        origin=origin,
        passed_on=passed_on,
        matter=matter,
        incident=incident,
        point=point.strip(),
        kind=kind,
        unit=unit,
        unit_path=unit.path,
        lead_unit=lead,
        lead_path=lead.path,
        office_number=office_number.strip(),
        registered_at=now,
    )
    if accused:
        demand.lead_unit = who_handles(lead, accused, _("The demand"))
        demand.lead_path = demand.lead_unit.path
    demand.accusation = accused is not None or bool(matter and matter.accusation)
    demand.save(force_insert=True)
    demand.supporters.set(unit for unit in supporters if not (accused and unit.path.startswith(accused.path)))
    thing = queries.as_thing(demand)
    if incident or matter:
        shut_as([whole.key for whole in (incident, matter) if whole], thing)
        check_not_complained_of([demand.key], [demand.lead_unit, *demand.supporters.all()], demand.number)
    # Before anything else is recorded: from this entry on no screen of theirs is told.
    if accused:
        shut_out_accused(
            reach=reach, thing=thing, unit=accused, people=(), reason=demand.point[:250], now=now
        )

    begun = rules.TRANSITIONS.begin
    received = rules.RECEIVED.get(DemandOrigin(origin))
    record_act(
        begun.entry, begun.verb, demand, reach, at=now, now=now, note=demand.point,
        also=(received,) if received else (), origin=origin, lead=demand.lead_unit.code,
    )  # fmt: skip
    keep(demand)
    propose_for_demand(demand, now)
    if lead.pk != unit.pk:
        alerts.tell_lead(demand, reach.user, now=now)
    alerts.tell_supporters(demand, demand.supporters.order_by("path"), reach.user, now=now)
    crash_point("demands.before_commit")
    return demand


@transaction.atomic
def take_on(
    *, reach: Reach, matter_id: int, now: datetime, office_number: str = "", point: str = ""
) -> Demand:
    """Answer a reported matter as a demand; a matter may have several, one for each point."""
    matter = lock_matter(matter_id)

    check_can_work_on_matter(reach, matter)
    check_open(matter)

    demand = register_demand(
        reach=reach,
        unit=matter.unit,
        origin=DemandOrigin.MATTER,
        point=point or matter.note or matter.class_name,
        lead_unit=matter.lead_unit,
        office_number=office_number,
        matter=matter,
        incident=matter.incident,
        now=now,
    )
    keep_matter_step(MatterVerb.DEMAND, matter, reach, now, demand.number)
    return demand


@transaction.atomic
def assign_demand(
    *,
    reach: Reach,
    demand_id: int,
    lead_unit: Unit,
    now: datetime,
    supporters: Sequence[Unit] = (),
    kind: str = "",
    office_number: str = "",
) -> Demand:
    """Name the unit that answers, those that help, the class, and the number in the petition system."""
    demand = lock_demand(demand_id)

    permissions.check_can_work_on(reach, demand)
    done = check_verb(demand, DemandVerb.ASSIGN)
    _check_in_order(demand.unit, demand.point, kind, office_number, now)
    _check_there([lead_unit, *supporters], now)
    check_not_complained_of([demand.key], [lead_unit, *supporters], demand.number)

    is_new_lead = lead_unit.pk != demand.lead_unit_id
    helped = set(demand.supporters.values_list("pk", flat=True))
    demand.lead_unit, demand.lead_path = lead_unit, lead_unit.path
    demand.kind, demand.office_number = kind or demand.kind, office_number.strip() or demand.office_number
    demand.supporters.set(supporters)

    names = "、".join(unit.name for unit in (lead_unit, *supporters))
    record_act(done.entry, done.verb, demand, reach, at=now, now=now, note=names, lead=lead_unit.code)
    keep(demand, "lead_unit", "lead_path", "kind", "office_number")
    if is_new_lead:
        alerts.tell_lead(demand, reach.user, now=now)
    new = [unit for unit in supporters if unit.pk not in helped]
    alerts.tell_supporters(demand, new, reach.user, now=now)
    return demand


@transaction.atomic
def transfer_demand(*, reach: Reach, demand_id: int, to: Unit, note: str, now: datetime) -> Demand:
    """Pass it to the unit whose business it is; from then on five working days run to object (art. 22, 23)."""
    demand = lock_demand(demand_id)

    permissions.check_can_work_on(reach, demand)
    done = check_verb(demand, DemandVerb.TRANSFER)
    check_is_said(demand, note)
    check_words(demand.number, note)
    _check_there([to], now)
    check_not_complained_of([demand.key], [to], demand.number)
    if to.pk == demand.lead_unit_id:
        raise Invalid(
            "same_unit",
            _("%(number)s was not transferred: %(unit)s has it already. Choose another unit.")
            % {"number": demand.number, "unit": to},
            fields={"to": [_("Choose another unit.")]},
        )

    post_note = f"{to.name}：{note.strip()}"
    keep_step(done.verb, demand, reach, now, post_note, done.entry)
    demand.transferred_from, demand.lead_unit, demand.lead_path = demand.lead_unit, to, to.path
    _record_transfer(done.entry, demand, reach, now, note, also=done.also)
    keep(demand, "transferred_from", "lead_unit", "lead_path")
    alerts.tell_lead(demand, reach.user, now=now)
    return demand


@transaction.atomic
def object_to_transfer(*, reach: Reach, demand_id: int, note: str, now: datetime) -> Demand:
    """Send it back with reasons while the statute lets the unit object: five working days (art. 23(3))."""
    demand = lock_demand(demand_id)

    permissions.check_can_work_on(reach, demand)
    done = check_verb(demand, DemandVerb.OBJECT)
    check_is_said(demand, note)
    check_words(demand.number, note)
    if demand.transferred_from is None or not _may_still_object(demand, now):
        raise WrongState(
            "no_objection_now",
            _(
                "%(number)s was not sent back: no transfer of it can be objected to now. Answer it, or transfer it "
                "with the agreement of the other unit."
            )
            % {"number": demand.number},
        )

    back = demand.transferred_from
    check_not_complained_of([demand.key], [back], demand.number)
    record_act(done.entry, done.verb, demand, reach, at=now, now=now, note=note.strip())
    demand.transferred_from, demand.lead_unit, demand.lead_path = None, back, back.path
    keep(demand, "transferred_from", "lead_unit", "lead_path")
    alerts.tell_lead(demand, reach.user, now=now)
    return demand


@transaction.atomic
def hide_accusation(
    *, reach: Reach, demand_id: int, accused: Unit, note: str, now: datetime, people: Sequence[User] = ()
) -> Demand:
    """Keep it from the unit it complains of, and from the people it accuses; the superior answers from now on (art. 30).

    It leaves the thread of its incident, which the unit goes on seeing.
    """
    demand = lock_demand(demand_id)

    permissions.check_can_work_on(reach, demand)
    done = check_verb(demand, DemandVerb.ACCUSATION)
    check_is_said(demand, note)
    check_words(demand.number, note)
    lead = who_handles(demand.lead_unit, accused, demand.number)

    demand.accusation = True
    demand.lead_unit, demand.lead_path = lead, lead.path
    if demand.transferred_from and demand.transferred_from.path.startswith(accused.path):
        demand.transferred_from = None
    demand.supporters.remove(*demand.supporters.filter(path__under=accused.path))
    Clock.objects.filter(subject=demand.key).update(thread=demand.key)
    keep_step(done.verb, demand, reach, now, note.strip(), "accusation.hidden")
    keep(demand, "accusation", "lead_unit", "lead_path", "transferred_from")
    thing = queries.as_thing(demand)
    shut_out_accused(reach=reach, thing=thing, unit=accused, people=people, reason=note, now=now)
    return demand


def _may_still_object(demand: Demand, now: datetime) -> bool:
    """While a clock that an objection stops runs and is not past its end."""
    rows = [clock for clock in queries.clocks_of(demand) if clock.is_running]
    objections = queries.stopped_by(["objection.raised"], rows)
    return any(clock.due_at is None or clock.due_at >= now for clock in objections)


def _record_transfer(
    kind: str, demand: Demand, reach: Reach, now: datetime, note: str, also: tuple[str, ...]
) -> None:
    for one in (kind, *also):
        record_only(one, demand, reach, at=now, now=now, note=note.strip(), lead=demand.lead_unit.code)


def _check_not_played(incident: Incident | None) -> None:
    if incident and incident.drill:
        raise WrongState(
            "only_a_drill",
            _(
                "No demand was registered: %(number)s is a drill, and a demand is a promise to somebody. "
                "Note on the drill what would have been registered."
            )
            % {"number": incident.number},
        )


def _check_in_order(unit: Unit, point: str, kind: str, office_number: str, now: datetime) -> None:
    if not point.strip():
        raise Invalid(
            "point_missing",
            _("No demand was registered: what is asked for is missing. Say it in a sentence."),
            fields={"point": [_("Say in a sentence what is asked for.")]},
        )
    check_words(unit.name, point, office_number)
    if kind and kind not in {line.id for line in queries.classes_for(unit, now)}:
        raise Invalid(
            "unknown_class",
            _("The demand was not kept: no plan in force there has this class. Choose one of the list."),
            fields={"kind": [_("Choose one of the list.")]},
        )


def _check_there(units: Sequence[Unit], now: datetime) -> None:
    for unit in units:
        if unit.valid_to and unit.valid_to <= day_of(now):
            raise Invalid(
                "unit_closed",
                _("Nothing was changed: %(unit)s no longer exists. Choose another unit.") % {"unit": unit},
                fields={"lead_unit": [_("This unit no longer exists.")]},
            )
