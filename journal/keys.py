"""The journal's names of things: "order:17", "zero_report:17/2026-11-22". They are put together and read here alone.

Entries, clocks and notices keep them for good, so a kind is never renamed.
"""

from collections.abc import Iterable

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat


def key(kind: str, *parts: object) -> str:
    """key("order", 17) → "order:17"; key("zero_report", 17, period) → "zero_report:17/2026-11-22".

    key("order") → "order:" is how all of them begin.
    """
    return f"{kind}:{'/'.join(str(part) for part in parts)}"


def key_of_column(kind: str, column: str | F) -> Concat:
    """The same in SQL, for a column that holds the primary key."""
    return Concat(Value(key(kind)), Cast(column, CharField()), output_field=CharField())


def kind_of(name: str) -> str:
    """ "order:17" → "order"."""
    return name.partition(":")[0]


def parts_of(name: str) -> list[str]:
    """ "zero_report:17/2026-11-22" → ["17", "2026-11-22"]."""
    return name.partition(":")[2].split("/")


def pk_of(name: str, kind: str = "") -> int:
    """ "order:17" → 17; 0, which no row has, for what has no such number or is not of this kind."""
    rest = name.partition(":")[2]
    return int(rest) if rest.isdigit() and kind in ("", kind_of(name)) else 0


def pks_of(names: Iterable[str], kind: str) -> set[int]:
    """The primary keys of those of this kind."""
    return {pk_of(name) for name in names if kind_of(name) == kind}
