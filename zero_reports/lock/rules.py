"""When a period is locked, and what opens it. Plain values.

Late is accepted and marked until the lock. The lock comes when the level above confirms the period, for then
its figures rest on what was there (四 2, 四 6), or when the plan's time is over; never before the cut-off.
Source: Jintan campaign rules 四 2, 四 5, 四 6; neither plan names a time, so it is the bureau's setting.
"""

from datetime import datetime, timedelta

#: How long an exception may stand, in hours. It has an end, and the end is near.
HOURS = (2, 24, 72)
LONGEST = timedelta(hours=max(HOURS))


def locked_since(
    *, due_at: datetime, confirmed_at: datetime | None, lock_at: datetime | None, now: datetime
) -> datetime | None:
    """Since when the period is locked at `now`; None while it is open."""
    since = min((max(moment, due_at) for moment in (confirmed_at, lock_at) if moment), default=None)
    return since if since is not None and now > since else None


def is_usable(
    *, until: datetime, once: bool, used_at: datetime | None, withdrawn_at: datetime | None, now: datetime
) -> bool:
    """Whether an exception opens the lock at `now`: until its end or withdrawal, and once where it is for one use."""
    return now <= until and withdrawn_at is None and not (once and used_at is not None)
