"""What a ledger (台账) is: rows that are there already, read under one form. It stores nothing."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import reduce
from typing import Any, NamedTuple

from django.db.models import Model, Q, QuerySet
from django.utils.translation import get_language

from accounts.models import Unit
from accounts.scope import Reach
from plans.engine.evaluation import levels_of
from plans.lifecycle.models import PlanVersion


class Sayings:
    """What the cells of one list need to know besides their row; read once per plan version, whatever the rows."""

    def __init__(self) -> None:
        self._levels: dict[int, dict[str, str]] = {}

    def level(self, plan_id: int, level: str) -> str:
        """A level in the words of the plan version it was proposed or signed under."""
        if not level:
            return ""
        if plan_id not in self._levels:
            document = PlanVersion.objects.get(pk=plan_id).document
            said = levels_of(document)
            self._levels[plan_id] = {one.id: one.words.in_language(get_language()) for one in said}
        return self._levels[plan_id].get(level, level)


class Column(NamedTuple):
    """`read`: the attribute ("unit", "incident.number", "get_state_display"), or a function of row and sayings."""

    head: Any
    read: str | Callable[[Any, Sayings], Any]
    width: int = 16
    #: What the API calls it, where `read` is a function.
    called: str = ""

    @property
    def name(self) -> str:
        """What the API calls it: a name of ours, whatever the reader's language."""
        if self.called or not isinstance(self.read, str):
            return self.called
        return self.read.replace("get_", "").replace("_display", "").replace(".", "_")

    def value(self, row: Model, say: Sayings) -> Any:
        """Text, a number, a day, a moment, or None."""
        if not isinstance(self.read, str):
            return self.read(row, say)
        found = reduce(_step, self.read.split("."), row)
        return found if found is None or isinstance(found, (str, int, date, datetime)) else str(found)


def _step(thing: Any, name: str) -> Any:
    if thing is None:
        return None
    found = getattr(thing, name)
    return found() if callable(found) else found


class Choice(NamedTuple):
    """One choice of a filter."""

    label: Any
    which: Q


def by_field(field: str, choices: Any) -> dict[str, Choice]:
    """A choice for each value of a field."""
    return {value: Choice(label, Q(**{field: value})) for value, label in choices if value}


class Ledger(NamedTuple):
    """One ledger. `title` and `about` are what it is called and what it holds; `cite` where a plan asks for it."""

    slug: str
    title: Any
    about: Any
    #: Who may open it.
    verb: str
    #: What this person sees of it, drills left out, with what the columns name in the same query.
    rows: Callable[[Reach], QuerySet]
    #: The day or moment that puts a row into a year.
    at: str
    columns: tuple[Column, ...]
    #: What the reader is led to by the first column; None where there is no page of its own.
    address: Callable[[Any], str | None] = lambda row: None
    path: str = "unit_path"
    states: Mapping[str, Choice] = {}
    #: A second filter: its name, and its choices for a unit at a time.
    kind_label: Any = ""
    kinds: Callable[[Unit | None, datetime], Mapping[str, Choice]] = lambda unit, now: {}
    is_day: bool = False
    cite: Any = ""
