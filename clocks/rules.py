"""What state a clock is in. Plain values in and out."""

from datetime import datetime, timedelta

#: A running clock is at risk in the last quarter of its time, but not earlier than three days before the end.
AT_RISK_SHARE = 4
AT_RISK_AT_MOST = timedelta(days=3)


def is_late(*, due_at: datetime | None, stopped_at: datetime | None) -> bool:
    """Whether it was stopped after its deadline; a stop at the very moment is in time."""
    return bool(due_at and stopped_at and stopped_at > due_at)


def at_risk_from(*, started_at: datetime, due_at: datetime) -> datetime:
    return due_at - min((due_at - started_at) / AT_RISK_SHARE, AT_RISK_AT_MOST)


def state_of(
    *,
    started_at: datetime,
    due_at: datetime | None,
    stopped_at: datetime | None,
    cancelled_at: datetime | None,
    breached_at: datetime | None,
    now: datetime,
) -> str:
    """on_track | at_risk | met | breached | cancelled.

    What counts is when a thing happened, not when it was written down: a stop in time that reaches the
    server late is `met`, although the sweep had already called it breached.
    """
    if stopped_at:
        return "breached" if is_late(due_at=due_at, stopped_at=stopped_at) else "met"
    if breached_at or (due_at and due_at < (cancelled_at or now)):
        return "breached"
    if cancelled_at:
        return "cancelled"
    if due_at and now >= at_risk_from(started_at=started_at, due_at=due_at):
        return "at_risk"
    return "on_track"
