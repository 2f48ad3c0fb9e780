"""The slot of one unit and period, locked and read: who the unit is, what it said last, which round asks it.

Written by hand because it runs 700,000 times in an hour: composing the queries takes the ORM longer than running
them takes the database.
"""

from functools import cache
from typing import NamedTuple

from django.db import connection

from accounts.models import Unit
from common.database.paths import prefixes
from common.database.prepared_statements import Statement, Table
from common.dates.periods import Period
from zero_reports.filing.models import ZeroReport
from zero_reports.rounds.models import Round

_UNITS, _REPORTS, _ROUNDS = Table(Unit), Table(ZeroReport), Table(Round)


class Slot(NamedTuple):
    unit: Unit
    before: ZeroReport | None
    #: The round that asks this unit; None = none is open.
    over: Round | None


def lock_slot(unit_id: int, period: Period) -> Slot:
    """Lock the unit against other filings and read its slot. Raises Unit.DoesNotExist.

    NO KEY UPDATE: an alarm of the same unit only references its row and does not wait. The report is read
    in a statement of its own, after the wait: a twin's version is seen.
    """
    with connection.cursor() as cursor:
        _lock().run(cursor, [unit_id])
        row = cursor.fetchone()
        unit = _UNITS.read(row) if row else None
        if unit is None:
            raise Unit.DoesNotExist

        above = prefixes(unit.path)
        _said_and_asked(len(above)).run(cursor, [*above, *_of(period), unit.pk, *_of(period)])
        row = cursor.fetchone()
    return Slot(unit, _REPORTS.read(row[: len(_REPORTS)]), _ROUNDS.read(row[len(_REPORTS) :]))


def _of(period: Period) -> list:
    return [period.cadence, period.day]


@cache
def _lock() -> Statement:
    lock = " FOR NO KEY UPDATE" if connection.features.has_select_for_update else ""
    return Statement(
        "lock_unit",
        f"SELECT {_UNITS.columns('unit')} FROM accounts_unit unit WHERE id = %s{lock}",  # noqa: S608
    )


@cache
def _said_and_asked(levels: int) -> Statement:
    """One row: the unit's current report and the nearest round at or above it, either of them empty."""
    marks = ", ".join(["%s"] * levels)
    return Statement(
        f"said_and_asked_{levels}",
        f"SELECT {_REPORTS.columns('report')}, {_ROUNDS.columns('asking')} FROM (SELECT 1) one "  # noqa: S608
        "LEFT JOIN zero_reports_round asking ON asking.id = (SELECT near.id FROM zero_reports_round near "
        "JOIN accounts_unit owner ON owner.id = near.unit_id "
        f"WHERE owner.path IN ({marks}) AND near.cadence = %s AND near.day = %s "
        "ORDER BY length(owner.path) DESC LIMIT 1) "
        "LEFT JOIN zero_reports_zeroreport report ON report.unit_id = %s AND report.cadence = %s "
        "AND report.day = %s AND report.current",
    )
