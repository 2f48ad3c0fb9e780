"""The clock rules of a plan version, kept in memory: a version never changes, and the alarm must not wait.

An entry whose kind no rule names costs no query at all. Nobody names a version before its rules are written
(clocks.actions.write_rules, in the transaction that loads it), so that finding none may be kept too.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from clocks.models import ClockRule
from common.hooks import Hook


class Rulebook(NamedTuple):
    starts: dict[str, tuple[ClockRule, ...]]
    stops: dict[str, tuple[ClockRule, ...]]
    #: Counted back, by the appointment before which they end.
    backs: dict[str, tuple[ClockRule, ...]] = MappingProxyType({})  # type: ignore[assignment]
    #: What comes back, by the entry after which it does not any more.
    untils: dict[str, tuple[ClockRule, ...]] = MappingProxyType({})  # type: ignore[assignment]


_kept: dict[str, Rulebook] = {}
#: Written in a transaction that has not committed: kept in memory only once it has.
_unsettled: set[str] = set()


def rules_for(plan: str) -> Rulebook:
    """The rules of the plan version `plan` ("id@version")."""
    if plan in _kept:
        return _kept[plan]
    book = book_of(all_of(plan))
    if plan not in _unsettled:
        _kept[plan] = book
    return book


def all_of(plan: str) -> list[ClockRule]:
    """The version's own rules, and those that hold where it has none (one query)."""
    own = list(ClockRule.objects.filter(plan=plan).order_by("id"))
    return own + [rule for provider in GENERAL for rule in provider(plan, own)]


#: Rules that hold where a plan has none of its own: fn("id@version", its rules) → rules, not stored.
GENERAL: Hook[Callable[[str, list[ClockRule]], Iterable[ClockRule]]] = Hook()


#: Rules for steps in answering people (kinds marked as `matter`), whatever plan the entry follows, such as those of a
#: statute: fn(moment) → rulebooks.
STANDING: Hook[Callable[[datetime], Iterable[Rulebook]]] = Hook()


def standing(at: datetime) -> list[Rulebook]:
    """The rules that hold at that moment beside those of any plan."""
    return [book for provider in STANDING for book in provider(at)]


def book_of(rules: list[ClockRule]) -> Rulebook:
    fields = ("start_kind", "stop_kind", "before_kind", "until_kind")
    return Rulebook(*(_by_kind(rules, field) for field in fields))


def unsettle(plan: str) -> None:
    _unsettled.add(plan)
    _kept.pop(plan, None)


def settle(plan: str) -> None:
    _unsettled.discard(plan)


def forget() -> None:
    """Drop everything (tests, whose plan versions come and go under one name)."""
    _kept.clear()
    _unsettled.clear()


def _by_kind(rules: list[ClockRule], field: str) -> dict[str, tuple[ClockRule, ...]]:
    found: dict[str, tuple[ClockRule, ...]] = {}
    for rule in rules:
        if kind := getattr(rule, field):
            found[kind] = (*found.get(kind, ()), rule)
    return found
