"""Demands that somebody may see, the steps that may be noted, the clocks that run for them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.exclusions.queries import missing
from accounts.exclusions.things import Thing
from accounts.models import Unit
from accounts.scope import Reach
from cases.demands import rules
from cases.demands.models import NEVER, Demand
from clocks.models import Clock, ClockRule
from incidents.models import Incident
from incidents.queries import OpenItem
from journal.keys import key, kind_of, pk_of, pks_of
from plans.document.chapters import Sentence, demand_classes_of
from plans.document.steps import Step, steps_in
from plans.lifecycle.queries import plan_with_clock, statutes, versions_in_force


def get_demand(reach: Reach, number: str) -> Demand:
    """NotFound if there is none of that number or this person may not see it."""
    rows = Demand.objects.visible_to(reach).filter(number=number)
    found = rows.select_related("unit", "lead_unit", "incident", "matter", "transferred_from").first()
    if found is None:
        raise missing(reach, "demand", number)
    return found


def as_thing(demand: Demand) -> Thing:
    incident = None if demand.accusation else demand.incident
    return Thing(
        demand.key, demand.number, demand.lead_unit, (demand.unit_path, demand.lead_path),
        reverse("demand", args=[demand.number]), incident.key if incident else "",
    )  # fmt: skip


def find_thing(reach: Reach, number: str) -> Thing:
    return as_thing(get_demand(reach, number))


def parts_of(name: str) -> list[tuple[str, str, str]]:
    """The demands of a matter or an incident, which are closed with it."""
    whole = Q(matter=pk_of(name, "matter")) | Q(incident=pk_of(name, "incident"))
    rows = Demand.objects.filter(whole).order_by("pk") if kind_of(name) in ("matter", "incident") else []
    return [(row.key, row.number, reverse("demand", args=[row.number])) for row in rows]


def demands(
    reach: Reach,
    *,
    unit: Unit | None = None,
    state: str = "open",
    due_before: datetime | None = None,
) -> QuerySet[Demand]:
    """Demands this person may see, those first that are due first. `state`: "open", "all" or one state."""
    rows = Demand.objects.visible_to(reach).select_related("unit", "lead_unit")
    if unit is not None:
        rows = rows.filter(Q(lead_path__under=unit.path) | Q(unit_path__under=unit.path))
    if due_before is not None:
        rows = rows.filter(due_at__lt=due_before)
    rows = rows.filter(_IN_STATE[state]) if state in _IN_STATE else rows.none()
    return rows.order_by("due_at", "id")


_IN_STATE = {
    "all": Q(),
    "open": Q(closed_at=None),
    rules.REPLIED: Q(closed_at=None, replied_at__isnull=False, delivered_at=None),
    rules.DELIVERED: Q(closed_at=None, delivered_at__isnull=False),
    rules.CLOSED: Q(closed_at__isnull=False),
}


def classes_for(unit: Unit, now: datetime) -> tuple[Sentence, ...]:
    """The classes of demands of the nearest plan in force that has some."""
    versions = versions_in_force(unit, now)
    versions.sort(key=lambda v: len(v.plan.owner_unit.path) if v.plan.owner_unit else 0, reverse=True)
    return next((found for version in versions if (found := demand_classes_of(version.document))), ())


def steps_of_statutes(now: datetime) -> list[Step]:
    """The steps in answering people that the statutes in force name; their clocks run beside any plan's."""
    return steps_in((("", document) for document in statutes(now)), lambda kind: kind.matter)


def clocks_of(demand: Demand) -> list[Clock]:
    """The demand's own clocks, and those of its incident that a step of it stops; oldest first."""
    rows = Clock.objects.filter(Q(subject=demand.key) | Q(pk__in=_of_incident(demand)))
    return list(rows.order_by("started_at", "id"))


def due_of(demand: Demand) -> datetime:
    """The earliest of what was promised and what runs."""
    return dues_of([demand])[demand.pk]


def dues_of(demands: Sequence[Demand]) -> dict[int, datetime]:
    """The same for many, by their ids (two queries)."""
    keys = {demand.key for demand in demands}
    incidents = {demand.incident.key for demand in demands if demand.incident}
    running = Clock.objects.running().filter(subject__in=keys | incidents, due_at__isnull=False)
    by_subject: dict[str, list[Clock]] = defaultdict(list)
    for clock in _that_demands_have(list(running), keys):
        by_subject[clock.subject].append(clock)
    return {
        demand.pk: _earliest(
            demand, [*by_subject[demand.key], *(by_subject[demand.incident.key] if demand.incident else ())]
        )
        for demand in demands
    }


def _that_demands_have(clocks: list[Clock], keys: Collection[str]) -> Iterator[Clock]:
    """Their own, and of an incident's those that a step of a demand stops."""
    ended = {clock.pk for clock in stopped_by([*rules.STEPS, rules.REPLY], clocks)}
    return (clock for clock in clocks if clock.subject in keys or clock.pk in ended)


def _earliest(demand: Demand, clocks: Iterable[Clock]) -> datetime:
    moments = [clock.due_at for clock in clocks if clock.due_at]
    if demand.promised_until and demand.replied_at is None:
        moments.append(demand.promised_until)
    return min(moments, default=NEVER)


def plan_of_step(demand: Demand, kind: str, now: datetime) -> str:
    """The plan version whose clocks the step stops or starts: of what runs, else the nearest in force."""
    ending = stopped_by([kind], _running(demand))
    # The demand's own before its incident's.
    ending.sort(key=lambda clock: clock.subject != demand.key)
    return ending[0].plan if ending else plan_with_clock(demand.lead_unit, kind, now)


def of_incident(reach: Reach, incident: Incident) -> list[Demand]:
    """What people ask for at this incident, as far as this person sees it; those first that are due first."""
    if incident.drill:
        return []
    rows = Demand.objects.visible_to(reach).filter(incident=incident)
    return list(rows.select_related("lead_unit").order_by("due_at", "id"))


def numbers_of(threads: Iterable[str]) -> dict[str, str]:
    """Threads ("demand:5") → the numbers people know them by. For rows the reader already sees."""
    ids = pks_of(threads, "demand")
    if not ids:
        return {}
    rows = Demand.objects.filter(pk__in=ids).values_list("pk", "number")
    return {key("demand", pk): number for pk, number in rows}


def _running(demand: Demand) -> list[Clock]:
    threads = [demand.key, *([demand.incident.key] if demand.incident else [])]
    return list(Clock.objects.running().filter(subject__in=threads).order_by("id"))


def _of_incident(demand: Demand) -> list[int]:
    if demand.incident is None:
        return []
    clocks = list(Clock.objects.filter(subject=demand.incident.key))
    return [clock.pk for clock in stopped_by([*rules.STEPS, rules.REPLY], clocks)]


def stopped_by(kinds: Iterable[str], clocks: list[Clock]) -> list[Clock]:
    """Those of the clocks that an entry of one of these kinds stops."""
    named = ClockRule.objects.filter(plan__in={clock.plan for clock in clocks}, stop_kind__in=list(kinds))
    pairs = set(named.values_list("plan", "clock_id"))
    return [clock for clock in clocks if (clock.plan, clock.clock_id) in pairs]


def held_open(incident: Incident) -> list[OpenItem]:
    """Demands without a day: with one, and the unit that leads, the ledger goes on with them; closing ends no clock.

    An accusation holds nothing open: whom it names must not learn of it when they close the incident.
    """
    rows = Demand.objects.open().filter(incident=incident, due_at=NEVER, accusation=False).order_by("pk")
    return [
        OpenItem(
            "demand",
            row.number,
            _("Demand %(number)s: promise a day, or close it") % {"number": row.number},
            reverse("demand", args=[row.number]),
        )
        for row in rows
    ]
