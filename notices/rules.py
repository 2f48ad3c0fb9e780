"""How a notice moves on. Plain values in and out."""

from datetime import timedelta
from typing import NamedTuple

from notices.choices import ALERT, ORDER, ROUTINE, TEST


class LaneRule(NamedTuple):
    #: Several notices to one person on one channel go out as one message, after a short wait.
    bundles: bool
    #: Nothing rings at night: it waits for the morning.
    keeps_quiet_hours: bool


#: What a lane may wait for. Only the last one waits for anything: a warning, an order or a test of a number
#: goes out at once, at any hour.
LANES = {
    ALERT: LaneRule(bundles=False, keeps_quiet_hours=False),
    ORDER: LaneRule(bundles=False, keeps_quiet_hours=False),
    TEST: LaneRule(bundles=False, keeps_quiet_hours=False),
    ROUTINE: LaneRule(bundles=True, keeps_quiet_hours=True),
}

#: Attempts are counted when a notice is claimed, so that one which kills its sender is counted too.
MAX_ATTEMPTS = 8
#: Seconds before the next attempt, after the first, the second, …; the last figure stays.
BACKOFF = (1, 2, 4, 8, 15, 30)

#: What reaches further wins, in whatever order the reports come: a late report never takes back a better one.
_REACH = ("queued", "cancelled", "failed", "sent", "delivered", "heard", "acknowledged")


def wait_after(attempt: int, luck: float) -> timedelta:
    """How long to wait after that attempt; `luck` from 0 to 1 spreads it by ±50 %."""
    return timedelta(seconds=BACKOFF[min(attempt, len(BACKOFF)) - 1] * (0.5 + luck))


def further(state: str, reported: str) -> str:
    """The state after a report: forwards only."""
    return max(state, reported, key=_REACH.index)


def is_failed_by_report(state: str) -> bool:
    """Whether a provider's "failed" counts: it ends what was only sent. Who has had the message has had it."""
    return state in ("queued", "sent")
