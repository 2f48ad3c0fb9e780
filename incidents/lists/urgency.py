"""Which open incident comes first, on every board and list: one order, composed by the database.

Level in force, overdue, not taken over, proposal; then what is alike stands together, the newest first. Alike are
incidents of one unit that nothing tells apart for who decides: the same proposal and state, nothing signed, nobody
in danger. A board shows the newest few of them and says how many more there are.

The statement is written by hand: the order is found on narrow rows, and only what is shown is read whole. Composed
by the ORM, each window would look for the overdue clocks again, and a screen asks for this after every entry.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, QuerySet, When

from accounts.models import Unit, User
from clocks.models import Clock
from common.database.prepared_statements import Table
from incidents.choices import State
from incidents.models import Incident
from journal.keys import key_of_column
from plans.lifecycle.models import PlanVersion

#: Of those that are alike a board shows so many.
ALIKE_SHOWN = 3
#: More than there will ever be.
ALL = 2**31 - 1

_TOLD_APART_BY = ("unit_id", "alone", "proposed_level", "state", "is_overdue", "drill")
_NARROW = ("id", "signed_rank", "is_overdue", "is_taken", "proposed_rank", "unit_id", "alone", "proposed_level", "state", "drill", "recorded_at")  # fmt: skip
_ORDER = "signed_rank, is_overdue DESC, is_taken, proposed_rank, newest_alike DESC, unit_id, alone, recorded_at DESC, id DESC"
_IS_ONE_OF_MANY = Q(level="") & ~Q(facts__has_key="life_risk")
#: The incident and what a list says of it, read with one statement.
_TABLES: dict[str, Table[Any]] = {
    "": Table(Incident),
    "unit": Table(Unit),
    "plan": Table(PlanVersion),
    "reported_by": Table(User),
}
#: What a row knows beside its columns: how many there are in all, how many alike, and what tells them apart.
_FIGURES = ("total", "alike", "is_overdue", "alone")

_STATEMENT = """
WITH told ({narrow}) AS ({rows}), counted AS (
    SELECT told.*, COUNT(*) OVER () AS total, COUNT(*) OVER kind AS alike, MAX(recorded_at) OVER kind AS newest_alike,
        ROW_NUMBER() OVER (PARTITION BY {apart} ORDER BY recorded_at DESC, id DESC) AS place_among_alike
    FROM told WINDOW kind AS (PARTITION BY {apart})
), shown AS (
    SELECT * FROM counted WHERE place_among_alike <= %s ORDER BY {order} LIMIT %s OFFSET %s
)
SELECT {figures}, {columns}
FROM shown
JOIN incidents_incident incident ON incident.id = shown.id
JOIN accounts_unit unit ON unit.id = incident.unit_id
JOIN plans_planversion plan ON plan.id = incident.plan_id
JOIN accounts_user reported_by ON reported_by.id = incident.reported_by_id
ORDER BY {shown_order}
"""


class ByUrgency:
    """Incidents in the order in which somebody has to look at them: `count()`, and slices such as `[25:50]`.

    Each row carries `total`, `alike` (itself included), `is_overdue` and `alone`, figures of the whole, not of the slice.
    """

    def __init__(self, rows: QuerySet[Incident], now: datetime, most_alike: int = ALL) -> None:
        self._rows, self._now, self._most_alike = rows.order_by(), now, most_alike

    def count(self) -> int:
        return self._rows.count()

    def __getitem__(self, wanted: slice) -> list[Any]:
        start = wanted.start or 0
        most = ALL if wanted.stop is None else wanted.stop - start
        try:
            rows, values = _told_apart(self._rows, self._now).query.sql_with_params()
        except EmptyResultSet:  # nobody who may see anything
            return []
        with connection.cursor() as cursor:
            cursor.execute(_statement(rows), [*values, self._most_alike, most, start])
            found = cursor.fetchall()
        return [_read(row) for row in found]

    def __iter__(self) -> Iterator[Any]:
        return iter(self[:])


def _told_apart(rows: QuerySet[Incident], now: datetime) -> QuerySet:
    late = Clock.objects.running().filter(thread=key_of_column("incident", OuterRef("pk")), due_at__lt=now)
    return rows.annotate(
        is_overdue=Exists(late),
        is_taken=Case(When(state=State.REPORTED, then=0), default=1),
        alone=Case(When(_IS_ONE_OF_MANY, then=0), default=F("pk"), output_field=BigIntegerField()),
    ).values_list(*_NARROW)


def _statement(rows: str) -> str:
    return _STATEMENT.format(
        narrow=", ".join(_NARROW),
        rows=rows,
        apart=", ".join(_TOLD_APART_BY),
        order=_ORDER,
        shown_order=", ".join(f"shown.{column}" for column in _ORDER.split(", ")),
        figures=", ".join(f"shown.{name}" for name in _FIGURES),
        columns=", ".join(table.columns(name or "incident") for name, table in _TABLES.items()),
    )


def _read(values: Sequence[Any]) -> Any:
    figures, rest = values[: len(_FIGURES)], values[len(_FIGURES) :]
    incident: Any = None
    for name, table in _TABLES.items():
        row, rest = table.read(rest[: len(table)]), rest[len(table) :]
        if name:
            setattr(incident, name, row)
        else:
            incident = row
    for name, figure in zip(_FIGURES, figures, strict=True):
        setattr(incident, name, figure)
    return incident
