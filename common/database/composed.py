"""Queries of the ORM that are composed once and then only run.

The ORM composes a statement anew each time, which takes longer than the database needs to run it. Here a query is
built and compiled on first use, with marks in the place of its values; afterwards the values are put where the marks
were. The query stays an ordinary one: models, joins, annotations and prefetches as its author wrote it.

    LIVE = Composed(lambda unit, now: Order.objects.live().filter(unit_id=unit, issued_at__lt=now).for_lists())
    orders = LIVE(unit.pk, now)

A value is an int, a str or a datetime, or a tuple of them, each member in a place of its own: `pk__in=pks`, or a
condition for each. How many members there are is part of the query: another number is composed once more. A value of
several (`Several`, such as a reach) says itself what of it is the query's form and what its values are.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from operator import itemgetter
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

from common.database.prepared_statements import Statement

Row = TypeVar("Row")
Value = int | str | datetime


@runtime_checkable
class Several(Protocol):
    """Something that stands for several values of a query."""

    def form(self) -> Hashable:
        """All that decides how a query with it is built, besides the values."""

    def values(self) -> tuple[Value, ...]:
        """The values. As many for the same form."""

    def filled(self, values: Sequence[Any]) -> Any:
        """One of the same form with other values."""


#: Names for PostgreSQL, which plans each statement once per connection. Connections are those of this process.
_NUMBERS = count()

#: No number, text or moment that a bureau has.
_INT, _STR, _MOMENT = 7_203_114_000, "⟨mark {}⟩", datetime(1871, 1, 1, tzinfo=UTC)


class Composed(Generic[Row]):
    """`make(*values)` returns the query. Called with values it returns the rows."""

    def __init__(self, make: Callable[..., QuerySet[Any, Row]]) -> None:
        self._make = make
        self._shapes: dict[tuple, _Statement] = {}

    def __call__(self, *values: Value | tuple[Value, ...] | Several) -> list[Row]:
        shape = tuple(_shape_of(value) for value in values)
        if shape not in self._shapes:
            self._shapes[shape] = _Statement(self._make, values)
        return self._shapes[shape].rows(list(_flat(values)))


class _Statement:
    """The query for values of one shape."""

    def __init__(self, make: Callable[..., QuerySet], values: tuple) -> None:
        marks, needed = _marks_for(values)
        self._query: QuerySet = make(*marks)
        try:
            self._compiler = self._query.query.get_compiler(self._query.db)
            sql, found = self._compiler.as_sql()
        except EmptyResultSet:
            self._compiler = None
            return
        self._sql = Statement(f"composed_{next(_NUMBERS)}", sql)
        places = [_place_of(value, list(_flat(marks))) for value in found]
        self._places = [place for place, _index in places]
        if missing := needed - {index for _place, index in places}:
            raise ValueError(f"value {min(missing) + 1} is not in the query: it would be left out next time")

    def rows(self, values: list[Value]) -> list:
        if self._compiler is None:
            return []
        params = tuple(place(values) for place in self._places)
        query = self._query
        rows = type(query)(query.model, _Ready(query.query, self._compiler, self._sql, params), query._db)
        rows._iterable_class, rows._fields = query._iterable_class, query._fields
        rows._prefetch_related_lookups = query._prefetch_related_lookups
        return list(rows)


class _Ready:
    """In the place of a query: what was compiled before."""

    def __init__(self, query, compiler, sql: Statement, params: tuple) -> None:
        self._query, self._compiler, self._sql, self._params = query, compiler, sql, params

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)

    def get_compiler(self, using=None, connection=None, elide_empty=True):
        compiler = copy(self._compiler)
        compiler.connection = connections[using or self._compiler.using]
        compiler.as_sql = lambda *args, **kwargs: (self._sql.ready(), self._params)
        return compiler


def _shape_of(value: Any) -> Any:
    if isinstance(value, Several):
        return value.__class__, value.form()
    return (tuple, len(value), *map(type, value[:1])) if isinstance(value, tuple) else type(value)


def _flat(values: Iterable[Any]) -> Iterable[Any]:
    for value in values:
        if isinstance(value, Several):
            yield from value.values()
        elif isinstance(value, tuple):
            yield from value
        else:
            yield value


def _marks_for(values: tuple) -> tuple[tuple, set[int]]:
    """A mark for each value, and which of them have to be in the query."""
    numbers, needed = count(), set()

    def mark(value: Any) -> Any:
        number = next(numbers)
        needed.add(number)
        if isinstance(value, datetime):
            return _MOMENT + timedelta(days=number)
        if isinstance(value, str):
            return _STR.format(number)
        if isinstance(value, int) and not isinstance(value, bool):
            return _INT + number
        raise TypeError(f"{value!r} cannot be put into a composed query")

    def marks_in(value: Any) -> Any:
        if isinstance(value, Several):
            before = set(needed)
            filled = value.filled([mark(one) for one in value.values()])
            needed.intersection_update(before)
            return filled
        return tuple(map(mark, value)) if isinstance(value, tuple) else mark(value)

    return tuple(map(marks_in, values)), needed


def _place_of(found: Any, marks: list) -> tuple[Callable[[list], Any], int | None]:
    """What goes where `found` stands: one of the values (which one) as the database takes it, or always the same."""
    for index, mark in enumerate(marks):
        if isinstance(mark, str) and isinstance(found, str) and mark in found:
            return partial(_replaced, found, mark, index), index
        if isinstance(mark, int) and found == mark:
            return itemgetter(index), index
        if isinstance(mark, int) and isinstance(found, str) and str(mark) in found:
            return partial(_replaced, found, str(mark), index), index
        if isinstance(mark, datetime) and found == _as_stored(mark):
            return partial(_stored, index), index
    return partial(_constant, found), None


def _replaced(found: str, mark: str, index: int, values: list) -> str:
    return found.replace(mark, str(values[index]))


def _stored(index: int, values: list) -> Any:
    return _as_stored(values[index])


def _constant(found: Any, _values: list) -> Any:
    return found


def _as_stored(moment: datetime) -> Any:
    return connections["default"].ops.adapt_datetimefield_value(moment)


def padded(keys: tuple[int, ...]) -> tuple[int, ...]:
    """As many keys as the next power of two, the last one again and again: a few forms instead of one for each
    number."""
    size = 1 << max(0, len(keys) - 1).bit_length()
    return keys + keys[-1:] * (size - len(keys)) if keys else keys
