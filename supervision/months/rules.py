"""What a plan asks of supervision teams month by month. Pure.

    {recurrence: monthly, stop: supervision_visit.ended, min_count: 1, min_villages_per_visit: 1, cutoff: {at: "last 24:00"}}

Source: campaign rules (plan 004) §八2: each month one or two visits at least, each to one or two villages at least.
The lower figure is the minimum; the higher one is shown as what is aimed at.
"""

from datetime import date, datetime, timedelta

from clocks.durations import end_of, parse
from plans.document.reminding import Climb
from plans.document.sections import ClockLine

VISITED = "supervision_visit.ended"


def is_asked(line: ClockLine) -> bool:
    return line.recurrence == "monthly" and line.stop == VISITED and line.min_count > 0


def month_of(day: date) -> tuple[date, datetime]:
    """The month's first day, and its last moment, which is still in time."""
    first = day.replace(day=1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first, end_of(after - timedelta(days=1))


def next_step(climb: tuple[Climb, ...], due_at: datetime, after: datetime) -> datetime | None:
    """When the first step later than `after` is taken; None where nothing is left."""
    moments = (due_at + timedelta(seconds=parse(step.after).amount) for step in climb)
    return min((moment for moment in moments if moment > after), default=None)


def come(climb: tuple[Climb, ...], due_at: datetime, now: datetime) -> tuple[int, Climb] | None:
    """The last step that has come, with its place counted from 1; what was missed meanwhile is not told again."""
    found = [
        (place, step)
        for place, step in enumerate(climb, start=1)
        if due_at + timedelta(seconds=parse(step.after).amount) <= now
    ]
    return found[-1] if found else None
