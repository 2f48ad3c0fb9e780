"""What many tests begin with is built once per process by the real actions, and then only written again.

A test that commits builds it anew: there the acts themselves, and what follows a commit, are the point.
"""

import json
import pickle
from collections.abc import Callable, Hashable
from datetime import date
from typing import NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import connection

from plans.checks import documents
from plans.checks.findings import ANY_WORDS, Vocabulary


class Rows(NamedTuple):
    """Rows of one table as they lie in the database, and between which keys."""

    table: str
    key: str
    first: object
    last: object
    columns: tuple[str, ...]
    rows: list[tuple]


_kept: dict[Hashable, list[Rows]] = {}
_checked: dict[tuple, bytes] = {}
#: For tests that change the rules of a check.
check_anew = documents.check


def checked_once(text: str | bytes, vocabulary: Vocabulary = ANY_WORDS) -> documents.Checked:
    """What a check of this text says is a function of the two alone, and the library's plans are loaded all the time."""
    told = (text, vocabulary._replace(statutes=()), json.dumps(vocabulary.statutes, sort_keys=True))
    if told not in _checked:
        _checked[told] = pickle.dumps(check_anew(text, vocabulary))
    return pickle.loads(_checked[told])


def kept(name: Hashable, build: Callable[[], object]) -> None:
    """Build it, or write the rows that building left the first time, if their places are still free."""
    if not connection.in_atomic_block:
        build()
    elif name in _kept:
        tables = _kept[name]
        if _taken(tables):
            build()
        else:
            write(tables)
    else:
        before = {model: set(model._base_manager.values_list("pk", flat=True)) for model in _tables()}
        build()
        _kept[name] = [rows for model, known in before.items() if (rows := _new(model, known))]


def filled() -> list[Rows]:
    """What migrations wrote: the calendar of working days, the statutes that plans cite."""
    return [rows for model in _tables() if (rows := _new(model, set()))]


def _new(model, known: set) -> Rows | None:
    new = [key for key in model._base_manager.order_by("pk").values_list("pk", flat=True) if key not in known]
    if not new:
        return None
    meta, quote = model._meta, connection.ops.quote_name
    columns = tuple(field.column for field in meta.local_concrete_fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(map(quote, columns))} FROM {quote(meta.db_table)} "
            f"WHERE {quote(meta.pk.column)} BETWEEN %s AND %s ORDER BY {quote(meta.pk.column)}",
            [new[0], new[-1]],
        )
        rows = [tuple(map(_storable, row)) for row in cursor.fetchall()]
    assert len(rows) == len(new), f"{meta.label}: something else stands between what was built"
    return Rows(meta.db_table, meta.pk.column, new[0], new[-1], columns, rows)


def _storable(value):
    """SQLite hands out moments, and takes the text of them."""
    is_moment = connection.vendor == "sqlite" and isinstance(value, date)
    return str(value) if is_moment else value


def _taken(tables: list[Rows]) -> bool:
    """A test that wrote something of its own first may hold these keys."""
    quote = connection.ops.quote_name
    asked = " OR ".join(
        f"EXISTS (SELECT 1 FROM {quote(one.table)} WHERE {quote(one.key)} BETWEEN %s AND %s)"
        for one in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}", [key for one in tables for key in (one.first, one.last)])
        return bool(cursor.fetchone()[0])


def write(tables: list[Rows]) -> None:
    """Many rows a statement, in the order in which they were built."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for one in tables:
            places = f"({', '.join(['%s'] * len(one.columns))})"
            begin = f"INSERT INTO {quote(one.table)} ({', '.join(map(quote, one.columns))}) VALUES "
            at_once = max(900 // len(one.columns), 1)
            for start in range(0, len(one.rows), at_once):
                rows = one.rows[start : start + at_once]
                cursor.execute(
                    begin + ", ".join([places] * len(rows)), [value for row in rows for value in row]
                )


def _tables():
    """The product's own tables, those that others point to first."""
    own = [name for name in settings.INSTALLED_APPS if "." not in name]
    order = ["accounts.Unit", "accounts.User", "accounts.Post"]
    models = [model for name in own for model in apps.get_app_config(name).get_models()]
    return sorted(
        models, key=lambda model: order.index(model._meta.label) if model._meta.label in order else len(order)
    )
