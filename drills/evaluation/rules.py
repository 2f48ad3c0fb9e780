"""What was expected beside what was done. Plain values in and out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple


class Wanted(NamedTuple):
    """One expected response to an inject that was played."""

    id: str
    kinds: tuple[str, ...]
    within: int
    #: Minute of the scenario at which its inject was played.
    since: float


class Done(NamedTuple):
    """A journal entry of the drill, at its minute of the scenario."""

    pk: int
    kind: str
    minute: float
    at: datetime
    post: str
    actor: str


class Match(NamedTuple):
    """Which entry answered it, and how many minutes of the scenario after the inject; None: nothing did."""

    done: Done | None
    after: float | None
    met: bool


MISSED = Match(None, None, False)


def matched(wanted: Sequence[Wanted], done: Iterable[Done]) -> Mapping[str, Match]:
    """Which entry answers which expectation: each answers one. In time first, whoever is due earliest choosing first;
    what is left answers late. An act before its inject answers nothing."""
    entries = sorted(done, key=lambda one: (one.minute, one.pk))
    found: dict[str, Match] = {}
    used: set[int] = set()
    by_deadline = sorted(wanted, key=lambda one: (one.since + one.within, one.since, one.id))
    for in_time in (True, False):
        for one in by_deadline:
            if one.id in found:
                continue
            entry = _first(entries, one, used, in_time)
            if entry:
                used.add(entry.pk)
                found[one.id] = Match(entry, entry.minute - one.since, in_time)
    return {one.id: found.get(one.id, MISSED) for one in wanted}


def _first(entries: list[Done], one: Wanted, used: set[int], in_time: bool) -> Done | None:
    latest = one.since + one.within if in_time else float("inf")
    return next(
        (
            entry
            for entry in entries
            if entry.pk not in used and entry.kind in one.kinds and one.since <= entry.minute <= latest
        ),
        None,
    )


class Score(NamedTuple):
    """How much of what was expected was done in time. Of the whole drill, never of a person or a unit."""

    met: int
    late: int
    expected: int


def score(matches: Iterable[Match]) -> Score:
    found = list(matches)
    return Score(
        met=sum(one.met for one in found),
        late=sum(one.done is not None and not one.met for one in found),
        expected=len(found),
    )


class Milestones(NamedTuple):
    """When things happened after the report, in minutes; None: they did not."""

    taken: float | None
    first_order: float | None
    arrived: float | None
    closed: float | None


#: What the four are found by in the journal.
MILESTONES = {
    "taken": ("incident.taken",),
    "first_order": ("order.issued",),
    "arrived": ("order.arrived",),
    "closed": ("incident.closed",),
}


def milestones(reported_at: datetime, firsts: Mapping[str, datetime]) -> Milestones:
    """From the first entry of each kind."""

    def after(kinds: tuple[str, ...]) -> float | None:
        moments = [firsts[kind] for kind in kinds if kind in firsts]
        return (min(moments) - reported_at).total_seconds() / 60 if moments else None

    return Milestones(**{name: after(kinds) for name, kinds in MILESTONES.items()})
