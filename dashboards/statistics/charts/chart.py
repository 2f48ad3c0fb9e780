"""What a picture shows, as plain figures: the same rows make the drawing, the table beside it and the workbook."""

from typing import Any, NamedTuple


class Series(NamedTuple):
    """One kind of thing that is counted. `look`: "ok", "bad", "wait", "off", or the tone of a level."""

    label: Any
    look: str
    values: list[int]


class Chart(NamedTuple):
    """Bars of one or more series. `over_time`: the names are months or days; else classes or bands, in their own order.

    The order of names and series never follows from their figures.
    """

    slug: str
    title: Any
    #: What is counted, from when, what is left out. Printed under the picture.
    definition: Any
    names_title: Any
    names: list[str]
    series: list[Series]
    over_time: bool = False
    #: Whether the series are parts of a whole. Else they stand beside each other and are never added up.
    adds: bool = True

    @property
    def has_figures(self) -> bool:
        return any(any(one.values) for one in self.series)

    @property
    def longest(self) -> int:
        """The longest bar."""
        rows = zip(*(one.values for one in self.series), strict=True)
        return max((sum(row) if self.adds else max(row) for row in rows), default=0)

    @property
    def table(self) -> list[tuple[str, list[int], int | None]]:
        """(name, the figure of each series, their sum where they add up)."""
        rows = zip(*(one.values for one in self.series), strict=True)
        return [
            (name, list(row), sum(row) if self.adds else None)
            for name, row in zip(self.names, rows, strict=True)
        ]
