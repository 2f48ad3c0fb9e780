"""Who is to be trained again. Plain values in and out; no mark is given to anybody."""

from datetime import date, timedelta


def is_due(last: date | None, again_after_days: int | None, today: date) -> bool:
    """Whether somebody whose post asks for a part is to come (again): never trained, or longer ago than the plan's
    interval. The day on which it ends is still in time; a plan without an interval asks once."""
    if last is None:
        return True
    return again_after_days is not None and last + timedelta(days=again_after_days) < today
