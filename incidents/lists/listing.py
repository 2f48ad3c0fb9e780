"""The list of incidents: what was asked for in the address, the rows, and their pages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Self

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet

from accounts.scope import Reach
from incidents import queries, rules
from incidents.choices import State
from incidents.lists.urgency import ByUrgency
from incidents.models import Incident

PAGE = 25
#: No level was proposed.
NO_LEVEL = "none"


class Asked(NamedTuple):
    #: "open", "all", or one state.
    show: str
    words: str
    #: Code of a unit, that unit alone.
    unit: str
    #: A proposed level that nobody has signed anything over, or `NO_LEVEL`.
    proposed: str

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        said = {name: given.get(key, "").strip() for name, key in zip(cls._fields, _NAMES, strict=True)}
        return cls(**{**said, "show": said["show"] or "open"})

    @property
    def is_open(self) -> bool:
        return self.show == "open" or self.show in rules.OPEN


_NAMES = ("show", "q", "unit", "proposed")


def rows_of(reach: Reach, asked: Asked, now: datetime) -> QuerySet[Incident] | ByUrgency:
    """What was asked for: open incidents by urgency, as on the boards, all others the newest first."""
    rows = queries.incident_list(reach).filter(_states(asked), _words(asked), _kind(asked))
    return ByUrgency(rows.select_related(None), now) if asked.is_open else rows


def _states(asked: Asked) -> Q:
    if asked.show == "open":
        return Q(state__in=rules.OPEN)
    return Q(state=asked.show) if asked.show in State.values else Q()


def _words(asked: Asked) -> Q:
    said = asked.words
    return Q(number__icontains=said) | Q(place__icontains=said) | Q(what__icontains=said) if said else Q()


def _kind(asked: Asked) -> Q:
    wanted = Q(unit__code=asked.unit) if asked.unit else Q()
    if asked.proposed:
        level = "" if asked.proposed == NO_LEVEL else asked.proposed
        wanted &= Q(level="", proposed_level=level)
    return wanted


class Pages(Paginator):
    """Of old incidents it counts no further than a person would page, and says so (`is_cut`): counting 50,000 rows
    for a footer costs more than the page."""

    MOST = 1000
    is_cut = False

    def __init__(self, rows: Any, *, is_open: bool) -> None:
        super().__init__(rows, PAGE)
        self._most = None if is_open else self.MOST

    @property
    def count(self) -> int:
        if not hasattr(self, "_count"):
            rows: Any = self.object_list
            self._count = rows.count() if self._most is None else rows.order_by()[: self._most + 1].count()
            self.is_cut = self._most is not None and self._count > self._most
            self._count = min(self._count, self._most or self._count)
        return self._count


def pages(rows: QuerySet[Incident] | ByUrgency, asked: Asked) -> Pages:
    """Open ones are counted to the last: a total that is not true would hide some of them."""
    return Pages(rows, is_open=asked.is_open)
