"""Tree paths: "0001/0002/" is below "0001/". One lookup, `path__under`, fast on both databases."""

from django.db import models

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
WIDTH = 4


class PathField(models.CharField):
    """A node's path in a tree of fixed-width segments, each closed by a slash."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 60)
        super().__init__(*args, **kwargs)


@PathField.register_lookup
class Under(models.Lookup):
    """The node itself and everything below it.

    SQLite scans the whole table for LIKE (90 ms at 700,000 units against 0.3 ms for a range);
    PostgreSQL has its pattern index for LIKE whatever the collation. So each gets its own form.
    """

    lookup_name = "under"

    def as_sql(self, compiler, connection):
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} >= {right} AND {left} < {right} || '~'", [
            *left_params, *right_params, *left_params, *right_params,
        ]  # fmt: skip

    def as_postgresql(self, compiler, connection):
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} LIKE {right}", [*left_params, *(f"{param}%" for param in right_params)]


def segment(number: int) -> str:
    """The `number`-th child's own segment, e.g. 35 → "000z/"."""
    text = ""
    for _ in range(WIDTH):
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    if number:
        raise ValueError("a unit cannot have more than 1,679,616 children")
    return f"{text}/"


def prefixes(path: str) -> list[str]:
    """The path and every path above it, outermost first: "a/b/" → ["a/", "a/b/"]."""
    parts = path.rstrip("/").split("/") if path else []
    return ["/".join(parts[: depth + 1]) + "/" for depth in range(len(parts))]


def collapse(paths) -> tuple[str, ...]:
    """Drop each path that lies below another one of the set."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return tuple(kept)
