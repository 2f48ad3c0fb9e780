"""Numbers people read aloud: "C1-20261122-003", dense per unit and local day; "D-2026-001", dense per year. Given inside
the transaction."""

from datetime import datetime

from django.db import connection

from common.database.prepared_statements import Statement
from common.dates.local_time import LOCAL
from common.drills import SERIES

_NEXT = Statement(
    "next_number",
    "INSERT INTO common_series (name, last) VALUES (%s, %s) "
    "ON CONFLICT (name) DO UPDATE SET last = common_series.last + excluded.last RETURNING last",
)


def next_number(*, unit_code: str, now: datetime, drill: bool, prefix: str = "") -> str:
    """Take the next number of this unit's local day, e.g. "C1-20261122-003" or "W-C1-20261122-001".

    A drill takes its numbers from series of its own, "YL-W-C1-20261122-001": a real one is never missing.

    One upsert. The series row stays locked until the commit, so take the number as late as the action can.
    """
    (number,) = next_numbers(1, unit_code=unit_code, now=now, drill=drill, prefix=prefix)
    return number


def next_of_year(*, prefix: str, now: datetime) -> str:
    """Take the next number of the whole bureau's local year, e.g. "D-2026-001"."""
    (number,) = _next(f"{prefix}{now.astimezone(LOCAL):%Y}", 1)
    return number


def next_numbers(many: int, *, unit_code: str, now: datetime, drill: bool, prefix: str = "") -> list[str]:
    """So many of them at once, in a row."""
    return _next(f"{SERIES if drill else ''}{prefix}{unit_code}-{now.astimezone(LOCAL):%Y%m%d}", many)


def _next(stem: str, many: int) -> list[str]:
    with connection.cursor() as cursor:
        _NEXT.run(cursor, [stem, many])
        (last,) = cursor.fetchone()
    return [f"{stem}-{number:03d}" for number in range(last - many + 1, last + 1)]
