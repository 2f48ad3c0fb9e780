"""Statements of the ORM that are composed once and then only run.

The ORM composes a statement anew each time, which takes longer than the database needs to run it. Here a query is
built and compiled on first use, with marks in the place of its values; afterwards the values are put where the marks
were. The query stays an ordinary one: models, joins, annotations and prefetches as its author wrote it. Nothing that
was read is kept: every call asks the database.

    LIVE = Composed(lambda unit, now: Order.objects.live().filter(unit_id=unit, issued_at__lt=now).for_lists())
    orders = LIVE(unit.pk, now)
    CLOSE = Change(lambda pk, now: (Order.objects.filter(pk=pk), {"closed_at": now}))
    CLOSE(order.pk, now)

A value is an int, a str, a moment, a day or a dict for a JSON column, or a tuple of them, each member in a place of
its own: `pk__in=pks`, or a condition for each. How many members there are is part of the query: another number is
composed once more. A value of several (`Several`, such as a reach) says itself what of it is the query's form and
what its values are.

What the query makes of a value while it is built, it makes of the mark; so a mark that does not come back as it was
given is an error. A lookup that escapes its text (`contains`) cannot be composed. A column that brings a code to its
normal form is compared with `Value(code)`, and the caller brings the code to that form.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from copy import copy
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.sql import UpdateQuery

from common.database.prepared_statements import Statement

Row = TypeVar("Row")
Value = int | str | date | datetime | dict[str, Any]
#: The same for isinstance: a datetime is a date.
_PLAIN = (int, str, date, dict)


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

#: No number, text, moment or day that stands in a query of a bureau. The number fits a column of 32 bits. The text is
#: changed by whatever would change another one: upper and lower case, a normal form of Unicode, escaping for LIKE.
_INT, _STR, _MOMENT, _DAY = 2_147_000_000, "⟨Ｍark_{}⟩", datetime(1871, 1, 1, tzinfo=UTC), date(1571, 1, 1)


class _Kept:
    """`make(*values)` is compiled once for each shape of the values."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make
        self._shapes: dict[tuple, Any] = {}

    def _for(self, values: tuple) -> Any:
        """What was compiled; None where such values find nothing."""
        shape = tuple(map(_shape_of, values))
        if shape not in self._shapes:
            self._shapes[shape] = self._compiled(values)
        return self._shapes[shape]

    def _compiled(self, values: tuple) -> Any:
        marks, needed = _marks_for(values)
        try:
            return self._compile(self._make(*marks), list(_flat(marks)), needed)
        except EmptyResultSet:
            if any(isinstance(value, Several) or value == () for value in values):
                return None
            raise ValueError("the query finds nothing whatever its values: is a column too small?") from None

    def _compile(self, made: Any, marks: list, needed: set[int]) -> Any:
        raise NotImplementedError


class Composed(_Kept, Generic[Row]):
    """A SELECT. `make(*values)` returns the query; called with values it returns the rows."""

    def __init__(self, make: Callable[..., QuerySet[Any, Row]]) -> None:
        super().__init__(make)

    def __call__(self, *values: Value | tuple[Value, ...] | Several) -> list[Row]:
        found = self._for(values)
        if found is None:
            return []
        query, compiler, text = found
        ready = _Ready(query.query, compiler, text.statement, text.params(values))
        rows = type(query)(query.model, ready, query._db)
        rows._iterable_class, rows._fields = query._iterable_class, query._fields
        rows._prefetch_related_lookups = query._prefetch_related_lookups
        return list(rows)

    def _compile(self, made: QuerySet, marks: list, needed: set[int]) -> Any:
        compiler = made.query.get_compiler(made.db)
        return made, compiler, _Text(compiler, marks, needed)


class Change(_Kept):
    """An UPDATE. `make(*values)` returns the query and what `update` would be given; called with values it returns
    how many rows were changed."""

    def __call__(self, *values: Value | tuple[Value, ...]) -> int:
        text = self._for(values)
        if text is None:
            return 0
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            text.statement.run(cursor, text.params(values))
            return cursor.rowcount

    def _compile(self, made: tuple[QuerySet, dict[str, Any]], marks: list, needed: set[int]) -> "_Text":
        rows, new = made
        query: Any = rows.query.chain(UpdateQuery)
        query.add_update_values(new)
        return _Text(query.get_compiler(DEFAULT_DB_ALIAS), marks, needed)


class _Text:
    """A compiled statement, and what goes into its places."""

    def __init__(self, compiler: Any, marks: list, needed: set[int]) -> None:
        sql, found = compiler.as_sql()
        place_of = _Places(marks)
        places = [place_of(value) for value in found]
        if missing := needed.difference(*(indexes for _place, indexes in places)):
            raise ValueError(
                f"value {min(missing) + 1} is not in the query as it was given: next time it would be left out, "
                "or not be treated as this one"
            )
        self.statement = Statement(f"composed_{next(_NUMBERS)}", sql)
        self._places = [place for place, _indexes in places]

    def params(self, values: tuple) -> tuple:
        flat = list(_flat(values))
        return tuple(place(flat) for place in self._places)


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
    if isinstance(value, tuple):
        return (tuple, *map(type, value))
    if not isinstance(value, _PLAIN) and isinstance(value, Several):
        return value.__class__, value.form()
    return type(value)


def _flat(values: Iterable[Any]) -> Iterable[Any]:
    for value in values:
        if isinstance(value, tuple):
            yield from value
        elif isinstance(value, _PLAIN):
            yield value
        else:
            yield from value.values()


def _marks_for(values: tuple) -> tuple[tuple, set[int]]:
    """A mark for each value, and which of them have to be in the query."""
    numbers, needed = count(), set()

    def mark(value: Any) -> Any:
        number = next(numbers)
        needed.add(number)
        return _mark_for(value, number)

    def marks_in(value: Any) -> Any:
        if isinstance(value, Several):
            before = set(needed)
            filled = value.filled([mark(one) for one in value.values()])
            needed.intersection_update(before)
            return filled
        return tuple(map(mark, value)) if isinstance(value, tuple) else mark(value)

    return tuple(map(marks_in, values)), needed


def _mark_for(value: Any, number: int) -> Value:
    if value is None:
        raise ValueError(f"value {number + 1} is None: compare with isnull in the query instead")
    if isinstance(value, datetime):
        return _MOMENT + timedelta(days=number)
    if isinstance(value, date):
        return _DAY + timedelta(days=number)
    if isinstance(value, str):
        return _STR.format(number)
    if isinstance(value, dict):
        return {_STR.format(number): number}
    if isinstance(value, int) and not isinstance(value, bool):
        return _INT + number
    raise TypeError(f"{value!r} cannot be put into a composed query")


class _Places:
    """What goes where something stands in a statement, and which of the values: one as the database takes it, a text
    made of some, or always the same."""

    def __init__(self, marks: list) -> None:
        stored = [_bare(_as_stored(mark)) for mark in marks]
        self._plain = {mark: index for index, mark in enumerate(stored) if isinstance(mark, Hashable)}
        self._others = [(mark, index) for index, mark in enumerate(stored) if not isinstance(mark, Hashable)]
        self._texts = {str(mark): index for index, mark in enumerate(marks) if isinstance(mark, int | str)}
        self._in_text = re.compile("|".join(f"({re.escape(text)})" for text in self._texts) or "$^")

    def __call__(self, found: Any) -> tuple[Callable[[list], Any], set[int]]:
        index = self._index_of(_bare(found))
        if index is not None:
            return partial(_stored, index), {index}
        if isinstance(found, str):
            pieces = self._in_text.split(found)
            parts = [self._texts.get(piece, piece) for piece in pieces if piece]
            if indexes := {part for part in parts if isinstance(part, int)}:
                return partial(_joined, parts), indexes
        return partial(_constant, found), set()

    def _index_of(self, found: Any) -> int | None:
        if isinstance(found, Hashable):
            return self._plain.get(found)
        return next((index for mark, index in self._others if mark == found), None)


def _stored(index: int, values: list) -> Any:
    return _as_stored(values[index])


def _joined(parts: list[int | str], values: list) -> str:
    return "".join(part if isinstance(part, str) else str(values[part]) for part in parts)


def _constant(found: Any, _values: list) -> Any:
    return found


def _as_stored(value: Value) -> Any:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return value
    ops = connections[DEFAULT_DB_ALIAS].ops
    if isinstance(value, datetime):
        return ops.adapt_datetimefield_value(value)
    return ops.adapt_datefield_value(value) if isinstance(value, date) else ops.adapt_json_value(value, None)


def _bare(stored: Any) -> Any:
    """What psycopg2 wraps for PostgreSQL (JSON) does not compare."""
    return getattr(stored, "adapted", stored)


def padded(keys: tuple[int, ...]) -> tuple[int, ...]:
    """As many keys as the next power of two, the last one again and again: a few forms instead of one for each
    number."""
    size = 1 << max(0, len(keys) - 1).bit_length()
    return keys + keys[-1:] * (size - len(keys)) if keys else keys
