"""The bureau's own time, named here and nowhere else. Moments are kept in UTC; days and hours are those of Shanghai."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")


def day_of(moment: datetime) -> date:
    """The calendar day of a moment. Between 00:00 and 08:00 it is not the day of the same moment in UTC."""
    return moment.astimezone(LOCAL).date()
