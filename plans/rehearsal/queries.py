"""Where may this person rehearse, and over which incidents?"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.models import Unit
from accounts.scope import Reach
from plans.lifecycle.models import PlanVersion
from plans.rehearsal.replay import Replay, replay
from plans.rehearsal.replay_source import Case, cases_of

#: Of one step of a long replay.
_STEP = timedelta(days=7)


def units_to_try(reach: Reach) -> QuerySet[Unit]:
    """Open units whose people this person may see: a rehearsal names who holds which post there."""
    seen = reach.filter("people.view", field="path") | reach.filter("incident.view", field="path")
    return Unit.objects.filter(seen, valid_to__isnull=True).order_by("path")


def replayed(reach: Reach, version: PlanVersion, days: int, now: datetime) -> Replay:
    """Replay a version over the incidents of the last `days` days that this person may see.

    Four queries however many incidents: the incidents, their observations, the versions they ran under with
    their texts where this process has not read them yet.
    """
    return _over(cases_of(reach, version, now - timedelta(days=days)), version, Replay())


def replayed_in_steps(
    reach: Reach, version: PlanVersion, days: int, now: datetime, each: Callable[[int], None]
) -> Replay:
    """The same, a week at a time, for more incidents than one process should hold: of those that changed the gravest are
    kept, the counts are of all. `each` is told with every incident how many there were so far."""
    result, since = Replay(), now - timedelta(days=days)
    while since < now:
        until = since + _STEP
        cases = cases_of(reach, version, since, until if until < now else None)
        _over(cases, version, result, each)
        result.changed = result.gravest()
        since = until
    return result


def _over(
    cases: list[Case], version: PlanVersion, result: Replay, each: Callable[[int], None] | None = None
) -> Replay:
    plans = PlanVersion.objects.in_bulk({case.plan for case in cases})
    counted: Iterable[Case] = _counted(cases, result.total, each) if each else cases
    return replay(version.document, counted, {pk: plan.document for pk, plan in plans.items()}, result)


def _counted(cases: list[Case], so_far: int, each: Callable[[int], None]) -> Iterator[Case]:
    for number, case in enumerate(cases, start=so_far + 1):
        yield case
        each(number)
