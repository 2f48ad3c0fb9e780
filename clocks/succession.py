"""What becomes of running clocks when their incident goes over to another version of its plan.

One function says it, for who looks before and for the act itself. A clock the new version has too goes on; with
another figure its deadline is set anew from its own start; one the new version lacks ends. What is past its
deadline stays as it is: nobody's lateness is taken back. Clocks that only the new version has begin with the
next entry that starts them: nobody can have been late for what nobody asked.
"""

import copy
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from clocks import rulebook
from clocks.choices import Per
from clocks.durations import Due, due_at
from clocks.following import tell
from clocks.models import Clock, ClockRule
from clocks.terms.rules import warn_at
from clocks.working_days.calendar import Calendar
from journal.keys import key
from journal.models import Entry

GOES_ON, SET_ANEW, ENDS = "goes_on", "set_anew", "ends"


class Successor(NamedTuple):
    """One running clock: what becomes of it, and its deadline then."""

    clock: Clock
    what: str
    due: Due
    rule: ClockRule | None


def successors(*, thread: str, old: str, new: str, now: datetime, lock: bool = False) -> list[Successor]:
    """What becomes of each clock of `old` that runs in the thread, under the version `new` (two queries).

    Clocks of a warning stay with the version the warning was drafted under.
    """
    rows = Clock.objects.running().filter(thread=thread, plan=old).exclude(subject__startswith=key("warning"))
    rows = rows.select_related("start_entry").order_by("id")
    if lock:
        rows = rows.select_for_update(of=("self",))
    rules = {rule.clock_id: rule for rule in rulebook.all_of(new)}
    calendar = Calendar()
    return [_successor(clock, rules.get(clock.clock_id), now, calendar) for clock in rows]


def _successor(clock: Clock, rule: ClockRule | None, now: datetime, calendar: Calendar) -> Successor:
    present = Due(clock.due_at, clock.provisional)
    if rule is None or not _is_meant(rule, clock.start_entry) or _subject(rule, clock) != clock.subject:
        return Successor(clock, ENDS, present, None)
    is_over = clock.breached_at is not None or (clock.due_at is not None and clock.due_at < now)
    # What was agreed with approval, and told to whom it is owed, is not taken back by another version.
    is_agreed = bool(clock.extended or clock.pauses or clock.paused_at)
    if is_over or is_agreed or "given" in (clock.duration, rule.duration) or clock.duration == rule.duration:
        return Successor(clock, GOES_ON, present, rule)
    return Successor(clock, SET_ANEW, due_at(clock.started_at, rule.duration, calendar), rule)


def _is_meant(rule: ClockRule, entry: Entry | None) -> bool:
    return not rule.when_level or (entry is not None and entry.level in rule.when_level.split())


def _subject(rule: ClockRule, clock: Clock) -> str:
    if rule.per == Per.THREAD:
        return clock.thread
    return clock.start_entry.subject if clock.start_entry else clock.subject


def hand_over(found: Iterable[Successor], *, now: datetime, new: str) -> None:
    """Carry it out, in the caller's transaction, which has locked the clocks and records the act."""
    found = list(found)
    for one in found:
        if one.what == GOES_ON:
            Clock.objects.filter(pk=one.clock.pk).update(plan=new)
            continue
        _cancel(one.clock, now, new)
        if one.what == SET_ANEW and one.rule is not None:
            _follow(one.clock, one.rule, one.due, new, now)
    tell(one.clock.subject for one in found if one.what != GOES_ON)


def _cancel(clock: Clock, now: datetime, new: str) -> None:
    clock.cancelled_at, clock.cancel_reason = max(now, clock.started_at), f"plan: {new}"[:200]
    clock.save(update_fields=["cancelled_at", "cancel_reason"])


def _follow(clock: Clock, rule: ClockRule, due: Due, new: str, now: datetime) -> None:
    """A new generation with the new version's words and figure, from the old one's start."""
    following = copy.copy(clock)
    following.pk, following.generation, following.plan = None, clock.generation + 1, new
    following.cancelled_at, following.cancel_reason = None, ""
    for field in (
        "title_zh",
        "title_en",
        "duration",
        "role",
        "cite",
        "effect",
        "origin",
        "max_extension",
        "pausable",
        "warn_before",
    ):
        setattr(following, field, getattr(rule, field))
    following.due_at, following.provisional = due
    following.warn_due_at = warn_at(due=due.at, before=rule.warn_before, after=now)
    following.save(force_insert=True)


def counted(found: Iterable[Successor]) -> dict[str, int]:
    """How many go on, are set anew, end."""
    kinds = [one.what for one in found]
    return {what: kinds.count(what) for what in (GOES_ON, SET_ANEW, ENDS)}


def as_recorded(found: Iterable[Successor]) -> Iterator[dict]:
    """For the journal: every clock by its id and both titles, with what became of it."""
    for one in found:
        due = one.due.at.isoformat() if one.due.at and one.what == SET_ANEW else None
        titles = {"title_zh": one.clock.title_zh, "title_en": one.clock.title_en}
        yield {"clock": one.clock.clock_id, **titles, "what": one.what, **({"due_at": due} if due else {})}
