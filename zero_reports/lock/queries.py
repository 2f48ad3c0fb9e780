"""Is this unit's period locked, and does an exception open it?"""

from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from accounts.models import Unit
from common.dates.periods import Period
from zero_reports.lock import rules
from zero_reports.lock.models import LockException
from zero_reports.rollups.models import RollUp
from zero_reports.rounds.cadence import lock_at
from zero_reports.rounds.models import Round


class Lock(NamedTuple):
    """`since` None = open: filing is possible, late or not."""

    since: datetime | None = None
    #: The exception that opens it now.
    exception: LockException | None = None

    @property
    def is_shut(self) -> bool:
        return self.since is not None and self.exception is None


OPEN = Lock()


def lock_of(unit: Unit, period: Period, due: datetime, over: Round | None, now: datetime) -> Lock:
    """The lock of a unit and period whose cut-off is `due`. In time costs nothing: only who is late is asked about."""
    if now <= due:
        return OPEN
    since = rules.locked_since(
        due_at=due, confirmed_at=_confirmed_above(unit, period), lock_at=lock_at(unit, period, over), now=now
    )
    if since is None:
        return OPEN
    last = exceptions(unit, period).filter(current=True).first()
    return Lock(since, last if last and last.is_usable(now) else None)


def exceptions(unit: Unit, period: Period) -> QuerySet[LockException]:
    """What was granted to the unit for the period, the last one first."""
    rows = LockException.objects.of(period).filter(unit=unit)
    return rows.select_related("granted_by", "withdrawn_by").order_by("-granted_at", "-pk")


def _confirmed_above(unit: Unit, period: Period) -> datetime | None:
    if unit.parent_id is None:
        return None
    rows = RollUp.objects.of(period).confirmed().filter(unit_id=unit.parent_id)
    return rows.values_list("confirmed_at", flat=True).first()
