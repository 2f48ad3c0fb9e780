"""The demand of a matter, the steps that may be noted, the clocks they stop."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from cases.demands import rules
from cases.demands.models import Demand
from cases.matters.models import Matter
from clocks.models import Clock, ClockRule
from common.errors import not_found
from plans.document.steps import Step, steps_in
from plans.lifecycle.queries import plan_with_clock, statutes


def demand_of(matter: Matter) -> Demand:
    """Raises NotFound where the matter was not taken on as a demand."""
    found = Demand.objects.filter(matter=matter).first()
    if found is None:
        raise not_found()
    return found


def steps_of_statutes(now: datetime) -> list[Step]:
    """The steps in answering people that the statutes in force name; their clocks run beside any plan's."""
    return steps_in((("", document) for document in statutes(now)), lambda kind: kind.matter)


def clocks_of(matter: Matter) -> list[Clock]:
    """The matter's own clocks, and those of its incident that a step of the demand stops; oldest first."""
    rows = Clock.objects.filter(Q(subject=matter.key) | Q(pk__in=_of_incident(matter)))
    return list(rows.order_by("started_at", "id"))


def plan_of_step(matter: Matter, kind: str, now: datetime) -> str:
    """The plan version whose clocks the step stops or starts: of what runs, else the nearest in force."""
    ending = _stopped_by([kind], _running(matter))
    # The matter's own before its incident's.
    ending.sort(key=lambda clock: clock.subject != matter.key)
    return ending[0].plan if ending else plan_with_clock(matter.unit, kind, now)


def _running(matter: Matter) -> list[Clock]:
    threads = [matter.key, *([matter.incident.key] if matter.incident else [])]
    return list(Clock.objects.running().filter(subject__in=threads).order_by("id"))


def _of_incident(matter: Matter) -> list[int]:
    if matter.incident is None:
        return []
    clocks = list(Clock.objects.filter(subject=matter.incident.key))
    return [clock.pk for clock in _stopped_by([*rules.STEPS, rules.REPLY], clocks)]


def _stopped_by(kinds: Iterable[str], clocks: list[Clock]) -> list[Clock]:
    """Those of the clocks that an entry of one of these kinds stops."""
    named = ClockRule.objects.filter(plan__in={clock.plan for clock in clocks}, stop_kind__in=list(kinds))
    pairs = set(named.values_list("plan", "clock_id"))
    return [clock for clock in clocks if (clock.plan, clock.clock_id) in pairs]
