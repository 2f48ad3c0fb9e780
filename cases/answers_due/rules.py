"""When the next digest is due, and under which heading an answer stands. Plain values in and out."""

from datetime import datetime, time, timedelta

from common.dates.local_time import LOCAL, day_of

OVERDUE, TODAY, WEEK, LATER, NO_DAY = "overdue", "today", "week", "later", "no_day"


def next_moment(hour: time, after: datetime) -> datetime:
    """The next time it strikes that hour in Shanghai, later than `after`."""
    struck = datetime.combine(day_of(after), hour, tzinfo=LOCAL)
    return struck if struck > after else struck + timedelta(days=1)


def heading_of(due: datetime | None, now: datetime) -> str:
    """A moment equal to now is still in time; a week is the seven days after today."""
    if due is None:
        return NO_DAY
    if due < now:
        return OVERDUE
    days = (day_of(due) - day_of(now)).days
    return TODAY if days == 0 else WEEK if days <= 7 else LATER
