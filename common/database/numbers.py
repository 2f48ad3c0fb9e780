"""Numbers people read aloud: "C1-20261122-003". Dense per unit and local day, given inside the transaction."""

from datetime import datetime

from django.db import connection

from common.database.prepared_statements import Statement
from common.dates.local_time import LOCAL

_NEXT = Statement(
    "next_number",
    "INSERT INTO common_series (name, last) VALUES (%s, 1) "
    "ON CONFLICT (name) DO UPDATE SET last = common_series.last + 1 RETURNING last",
)


def next_number(*, unit_code: str, now: datetime, prefix: str = "") -> str:
    """Take the next number of this unit's local day, e.g. "C1-20261122-003" or "W-C1-20261122-001".

    One upsert. The series row stays locked until the commit, so take the number as late as the action can.
    """
    stem = f"{prefix}{unit_code}-{now.astimezone(LOCAL):%Y%m%d}"
    with connection.cursor() as cursor:
        _NEXT.run(cursor, [stem])
        (last,) = cursor.fetchone()
    return f"{stem}-{last:03d}"
