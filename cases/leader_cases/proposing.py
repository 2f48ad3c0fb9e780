"""A leader case proposes itself where something comes on record that the plan calls a trigger: there, and by no sweep."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from accounts.exclusions.actions import shut_as
from accounts.models import Unit
from accounts.scope import Reach
from cases.demands.models import Demand
from cases.leader_cases import alerts, queries, rules
from cases.leader_cases.choices import LEADER_CASE, CaseVerb
from cases.leader_cases.models import CaseReason, LeaderCase
from cases.leader_cases.rules import Reason, Record
from cases.leader_cases.transitions import record_act
from cases.matters.models import Matter
from common.database.numbers import next_number
from incidents.models import Incident
from plans.document.chapters import triggers_of
from plans.engine.facts import Facts
from plans.lifecycle.models import PlanVersion
from plans.lifecycle.queries import versions_in_force

_LONGEST_POINT = 300


class About(NamedTuple):
    """What it would be about, and where: the matter before its incident, that before a single demand."""

    unit: Unit
    point: str
    matter: Matter | None = None
    incident: Incident | None = None
    demand: Demand | None = None

    @property
    def key(self) -> str:
        return (self.demand or self.incident or self.matter).key  # type: ignore[union-attr]

    def as_fields(self) -> dict:
        matter, incident = self.matter, None if self.matter else self.incident
        demand = None if matter or incident else self.demand
        return {"matter": matter, "incident": incident, "demand": demand, "about_path": self.unit.path,
                "point": self.point[:_LONGEST_POINT]}  # fmt: skip


def about_matter(matter: Matter) -> About:
    return About(matter.unit, matter.note or matter.class_name, matter, matter.incident)


def about_incident(incident: Incident) -> About:
    return About(incident.unit, incident.what, incident.matters.order_by("pk").first(), incident)


def about_demand(demand: Demand) -> About:
    """An accusation has a case of its own: who reads those of its matter or its incident must not learn of it."""
    if demand.accusation:
        return About(demand.lead_unit, demand.point, demand=demand)
    matter = demand.matter
    if matter is None and demand.incident:
        matter = demand.incident.matters.order_by("pk").first()
    return About(demand.lead_unit, demand.point, matter, demand.incident, demand)


def propose_for_matter(matter: Matter, now: datetime, *, taken_up_again: bool = False) -> None:
    """After it was taken as major, or taken up again."""
    kinds = frozenset(kind["id"] for kind in matter.major_kinds)
    propose_by_record(about_matter(matter), Record(major=kinds, taken_up_again=taken_up_again), now)


def propose_for_demand(demand: Demand, now: datetime) -> None:
    """After it was registered: by whom it was passed on."""
    propose_by_record(about_demand(demand), Record(passed_on=demand.passed_on), now)


def propose_for_group(demand: Demand, came: int, unit: Unit, now: datetime) -> None:
    """After a point of a group that was received became a demand: so many came to this house (§六1, 集体上访)."""
    facts = Facts.from_dict({"headcount": {"low": came, "high": came}})
    propose_by_record(about_demand(demand), Record(facts, came_to=unit.tier), now)


def propose_for_incident(incident: Incident, now: datetime) -> None:
    """After an alarm or an observation: what was seen. Nothing in a drill: a leader case is a duty to people."""
    if not incident.drill and incident.facts:
        record = Record(Facts.from_dict(incident.facts), came_to=incident.unit.tier)
        if triggers_that_hold(incident.unit, record, now)[1]:
            propose_by_record(about_incident(incident), record, now)


def propose_by_record(about: About, record: Record, now: datetime) -> LeaderCase | None:
    """Propose one with the triggers that hold; one that is there gets those it has not. What was declined for a
    trigger, or has ended, is not proposed for it again. Source: §六1."""
    version, found = triggers_that_hold(about.unit, record, now)
    if not found or (about.incident and about.incident.drill):
        return None
    there = list(cases_about(about).order_by("pk"))
    known = set(CaseReason.objects.filter(case__in=there).values_list("category", flat=True))
    found = [reason for reason in found if reason.trigger.line.id not in known]
    if not found:
        return None
    live = next((case for case in there if case.is_live), None)
    if live is None:
        return make_case(about, version, found, now=now)  # type: ignore[arg-type]
    if rules.TRANSITIONS.row(live.state, CaseVerb.ADD_REASON):
        add_reasons(live, about, found, now)
        record_act(rules.TRANSITIONS[CaseVerb.ADD_REASON], live, None, now=now, note=_ids(found))
    return live


def triggers_that_hold(unit: Unit, record: Record, now: datetime) -> tuple[PlanVersion | None, list[Reason]]:
    """The plan that has them, and which do."""
    version = plan_for(unit, now) if rules.worth_asking(record) else None
    return version, rules.reasons_in(version.document, record) if version else []


def make_case(
    about: About, version: PlanVersion | None, found: list[Reason], *, now: datetime, reach: Reach | None = None,
    note: str = "",
) -> LeaderCase:  # fmt: skip
    """The row, its reasons, the entry and who has to decide. The plan's owner has it, where the plan has one."""
    owner = version.plan.owner_unit if version else None
    unit = owner or about.unit
    case = LeaderCase(
        number=next_number(unit_code=unit.code, now=now, prefix="BA-", drill=False), unit=unit, unit_path=unit.path,
        plan=version.ref if version else "", proposed_at=now, **about.as_fields(),
    )  # fmt: skip
    with transaction.atomic():
        case.save(force_insert=True)
    # Before its first entry: what is closed with the matter it is about is never told of by the case.
    shut_as([about.key, *queries.keys_about(case)], queries.as_thing(case))
    add_reasons(case, about, found, now, reach, note)
    begun = rules.TRANSITIONS.begin
    record_act(
        begun, case, reach, now=now, note=note or _ids(found), triggers=[one.trigger.line.id for one in found]
    )
    alerts.ask_to_decide(case, now=now)
    return case


def add_reasons(
    case: LeaderCase, about: About, found: Iterable[Reason], now: datetime, reach: Reach | None = None, note: str = "",
) -> None:  # fmt: skip
    CaseReason.objects.bulk_create(
        CaseReason(
            case=case, category=trigger.line.id, title_zh=trigger.line.words.zh[:200], title_en=trigger.line.words.en[:240],
            cite=trigger.line.cite, facts=because, source=about.key, note=note, at=now, by=reach.user if reach else None,
        )
        for trigger, because in found
    )  # fmt: skip


def _ids(found: Iterable[Reason]) -> str:
    return "、".join(f"{one.trigger.line.id} {one.trigger.line.words.zh}" for one in found)


def cases_about(about: About):
    """Leader cases about the matter, or about what hangs on it: a matter has one at a time."""
    same = Q(pk__in=())
    if about.matter:
        same |= Q(matter=about.matter) | Q(demand__matter=about.matter)
    if about.incident:
        same |= Q(incident=about.incident) | Q(demand__incident=about.incident)
        # Reported twice is one thing: what was proposed, or declined, for the other report counts.
        same |= Q(incident__merged_into=about.incident) | Q(demand__incident__merged_into=about.incident)
    if about.demand:
        same |= Q(demand=about.demand)
    return LeaderCase.objects.filter(same)


def plan_for(unit: Unit, now: datetime) -> PlanVersion | None:
    """The nearest plan in force whose triggers lead to a leader case."""
    versions = versions_in_force(unit, now)
    versions.sort(key=lambda v: len(v.plan.owner_unit.path) if v.plan.owner_unit else 0, reverse=True)
    return next((version for version in versions if triggers_for(version)), None)


def triggers_for(version: PlanVersion):
    return [one for one in triggers_of(version.document) if one.leads_to == LEADER_CASE]
