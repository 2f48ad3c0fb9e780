"""How long a link lives, how many there are, and what it still opens. Plain values."""

from datetime import datetime, timedelta

from common.dates.periods import Period

LONGEST = timedelta(hours=24)
#: After the period only somebody who is being asked right now taps it.
AFTERWARDS = timedelta(hours=2)
#: Links of one unit and period that may be open at once: the reminders, and one sent by hand.
MOST_OPEN = 5


def expires_at(period: Period, now: datetime) -> datetime:
    """Never beyond the period's own end: a link of yesterday tapped in the morning would answer the wrong day."""
    return min(period.ends_at, now + LONGEST) if now < period.ends_at else now + AFTERWARDS


def why_not(
    *, used_at: datetime | None, revoked_at: datetime | None, expires_at: datetime, now: datetime
) -> str:
    """The code of the reason why the link opens nothing at `now`, or ""."""
    if used_at is not None:
        return "link_used"
    if revoked_at is not None:
        return "link_revoked"
    return "link_expired" if now > expires_at else ""
