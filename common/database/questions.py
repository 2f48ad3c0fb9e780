"""Querysets that the ORM composes once, for the few paths on which a crowd arrives.

Composing a statement takes the ORM several times as long as the database needs to answer it. Here the queryset is
written as everywhere, by the managers of its model, so that a condition stands in one place; what each call brings
is only a place in it:

    _HELD = Question("held_posts", lambda person, now: Appointment.objects.current(now).filter(person=person),
                     person=BigIntegerField(), now=DateTimeField())
    rows = _HELD(person=user.pk, now=now)

Nothing that was read is kept: every call asks the database.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Field, QuerySet
from django.db.models.expressions import Expression
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.sql import UpdateQuery

from common.database.prepared_statements import Statement


class Given(Expression):
    """The place of a value that the call brings; of a list of values the one at `place`.

    `field` says how the value is read. Where the column reads it in a way of its own (a code in its normal form),
    give the column's: `Unit._meta.get_field("code")`.
    """

    def __init__(self, name: str, field: Field, place: int | None = None) -> None:
        super().__init__(output_field=field)
        self.name, self.place = name, place

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]

    def of(self, values: dict[str, Any], database: Any) -> Any:
        value = values[self.name] if self.place is None else values[self.name][self.place]
        if value is None:
            raise ValueError(f"{self.name} is None: compare with isnull in the queryset instead")
        return self.output_field.get_db_prep_value(value, database)


class Many:
    """Of a list of values, each read as `field`. A statement is composed for each length that occurs."""

    def __init__(self, field: Field) -> None:
        self.field = field


class _Composed:
    """What is sent for arguments of one shape."""

    def __init__(self, name: str, sql: str, params: Sequence[Any]) -> None:
        # Named after its text: two texts under one name would be one statement to a connection.
        digest = sha256(sql.encode()).hexdigest()[:12]
        self._statement = Statement(f"{name[:40]}_{digest}", sql)
        self._params = tuple(params)

    def run(self, cursor: Any, values: dict[str, Any]) -> None:
        database = cursor.db
        self._statement.run(
            cursor, [p.of(values, database) if isinstance(p, Given) else p for p in self._params]
        )


class _Kept:
    """Composes by shape, that is by how long the lists among the arguments are."""

    def __init__(self, name: str, build: Callable[..., Any], /, **takes: Field | Many) -> None:
        self.name, self._build, self._takes = name, build, takes
        self._lists = tuple(name for name, kind in takes.items() if isinstance(kind, Many))
        self._composed: dict[tuple[int, ...], Any] = {}

    def _for(self, values: dict[str, Any]) -> Any:
        shape = tuple(len(values[name]) for name in self._lists)
        if shape not in self._composed:
            self._composed[shape] = self._compose(self._build(**self._places(values)))
        return self._composed[shape]

    def _places(self, values: dict[str, Any]) -> dict[str, Any]:
        return {
            name: [Given(name, kind.field, place) for place in range(len(values[name]))]
            if isinstance(kind, Many)
            else Given(name, kind)
            for name, kind in self._takes.items()
        }

    def _compose(self, built: Any) -> Any:
        raise NotImplementedError


class Question(_Kept):
    """A SELECT: what the queryset that `build` returns would give, as a list. Not for prefetched things."""

    def __call__(self, **values: Any) -> list[Any]:
        composed, read = self._for(values)
        if composed is None:
            return []
        database = connections[DEFAULT_DB_ALIAS]
        with database.cursor() as cursor:
            composed.run(cursor, values)
            return list(read(cursor.fetchall(), database))

    def _compose(self, built: QuerySet) -> Any:
        compiler = built.query.get_compiler(connection=connection)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None, None
        return _Composed(self.name, sql, params), _reader(built, compiler)


class Change(_Kept):
    """An UPDATE: `build` returns the queryset and what `update` would be given. Called, it returns how many rows."""

    def __call__(self, **values: Any) -> int:
        composed = self._for(values)
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            composed.run(cursor, values)
            return cursor.rowcount

    def _compose(self, built: tuple[QuerySet, dict[str, Any]]) -> _Composed:
        rows, new = built
        query = rows.query.chain(UpdateQuery)
        query.add_update_values(new)
        sql, params = query.get_compiler(connection=connection).as_sql()
        return _Composed(self.name, sql, params)


Rows = Iterable[Sequence[Any]]
#: Rows and the connection they came by → what the queryset gives.
Reader = Callable[[Rows, Any], Iterator[Any]]


def _reader(built: QuerySet, compiler: Any) -> Reader:
    """How the queryset itself turns rows into what it gives."""
    converters = [(at, *found) for at, found in compiler.get_converters(
        [column for column, _sql, _alias in compiler.select]).items()]  # fmt: skip

    def converted(rows: Rows, database: Any) -> Iterator[Sequence[Any]]:
        for row in rows:
            ready = list(row)
            for at, converts, column in converters:
                for convert in converts:
                    ready[at] = convert(ready[at], column, database)
            yield ready

    if built._iterable_class is ValuesListIterable:
        return lambda rows, database: map(tuple, converted(rows, database))
    if built._iterable_class is FlatValuesListIterable:
        return lambda rows, database: (row[0] for row in converted(rows, database))
    if built._iterable_class is not ModelIterable or compiler.annotation_col_map:
        raise TypeError("a Question gives rows of a model or of values_list()")
    return _model_reader(compiler, converted)


def _model_reader(compiler: Any, converted: Reader) -> Reader:
    model, columns = compiler.klass_info["model"], compiler.klass_info["select_fields"]
    begin, end = columns[0], columns[-1] + 1
    names = [column.target.attname for column, _sql, _alias in compiler.select[begin:end]]
    related = get_related_populators(compiler.klass_info, compiler.select, connection.alias)

    def read(rows: Rows, database: Any) -> Iterator[Any]:
        for row in converted(rows, database):
            found = model.from_db(database.alias, names, row[begin:end])
            for populator in related:
                populator.populate(row, found)
            yield found

    return read
