"""Pages of demands, those first that are due first: each begins after the last row of the one before (`due_at`, id), so
that a page of a hundred thousand costs what one of a thousand does. Time limits end with a day: thousands share a moment.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.http import QueryDict

from cases.demands.models import Demand

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Page(NamedTuple):
    rows: list[Demand]
    #: Query strings of the first page and of the next one; "" where this is the first, the last.
    first: str
    after: str


def due_page(rows: QuerySet[Demand], asked: QueryDict, size: int) -> Page:
    """The page that `after` of the query names; the first one for what is no such place."""
    if place := _read(asked.get("after", "")):
        due, pk = place
        rows = rows.filter(Q(due_at__gt=due) | Q(due_at=due, pk__gt=pk), due_at__gte=due)
    found = list(rows.order_by("due_at", "pk")[: size + 1])
    after = _written(found[size - 1]) if len(found) > size else ""
    return Page(found[:size], _query(asked, "") if place else "", after and _query(asked, after))


def _written(last: Demand) -> str:
    return f"{(last.due_at - _EPOCH) // timedelta(microseconds=1)}-{last.pk}"


def _read(text: str) -> tuple[datetime, int] | None:
    due, _dash, pk = text.partition("-")
    try:
        return _EPOCH + timedelta(microseconds=int(due)), int(pk)
    except (ValueError, OverflowError):
        return None


def _query(asked: QueryDict, after: str) -> str:
    query = asked.copy()
    query.pop("after", None)
    if after:
        query["after"] = after
    return f"?{query.urlencode()}"
