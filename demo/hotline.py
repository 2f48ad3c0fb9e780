"""Half a year of the 12345 hotline's totals for county 1 and two of its townships, as its monthly table says them."""

from datetime import datetime

from accounts.models import Unit, User
from accounts.scope import reach_of
from cases.hotline.actions import keep_totals
from cases.hotline.classes import OTHER
from cases.hotline.files import Total
from common.dates.local_time import day_of
from common.dates.periods import MONTHLY, period_of

MONTHS = 6
#: Calls of a class in the first month, and how many more each month.
CLASSES = {"labour": (14, 2), "land": (9, -1), "environment": (6, 1), OTHER: (31, 0)}
#: Which share of the county's figures a unit has.
SHARES = {"C1": 1.0, "T11": 0.4, "T12": 0.3}


def seed(people: dict[str, User], now: datetime) -> None:
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=SHARES)}
    this = period_of(MONTHLY, day_of(now))
    totals = [
        Total(units[code].pk, this.shifted(-ago).day, name, round((first + more * (MONTHS - ago)) * share))
        for code, share in SHARES.items()
        for ago in range(MONTHS, 0, -1)
        for name, (first, more) in CLASSES.items()
    ]
    keep_totals(reach=reach_of(people["county1.duty"], now), totals=totals, now=now)
