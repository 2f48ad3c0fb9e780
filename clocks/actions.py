"""What happens to clocks. They start and stop inside the transaction of the entry that starts or stops them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.fields import DateTimeField
from django.db.models.functions import Greatest

from accounts.models import Unit
from clocks import rulebook
from clocks.choices import Per
from clocks.durations import Due, due_at, parse
from clocks.following import MATTERS, tell
from clocks.models import RUNNING, Clock, ClockRule
from clocks.terms.rules import counted_back, warn_at
from clocks.working_days.calendar import Calendar
from common.database.composed import Change
from common.database.inserts import Rows
from journal.kinds import KINDS
from journal.models import Entry
from journal.record import record, record_many

_CLOCKS = Rows(Clock)

#: The generation after the last one of this clock and subject, found by the insert itself.
_NEXT_GENERATION = (
    "(SELECT COALESCE(MAX(generation), 0) + 1 FROM clocks_clock WHERE clock_id = %s AND subject = %s)"
)


@transaction.atomic
def write_rules(*, plan: str, rules: Iterable[ClockRule]) -> None:
    """Store the clock rules of a plan version, once, with the version. Raises ValueError for a bad duration."""
    rulebook.unsettle(plan)
    rows = list(rules)
    for rule in rows:
        rule.plan = plan
        parse(rule.duration)
    ClockRule.objects.bulk_create(rows)
    transaction.on_commit(lambda: rulebook.settle(plan), robust=True)


class Recorded(NamedTuple):
    """An entry, and the clocks that start with it. (One that ran already for the subject was left as it is.)"""

    entry: Entry
    clocks: list[Clock]


def record_with_clocks(
    kind: str,
    *,
    deadlines: Mapping[str, datetime] | None = None,
    appointments: Mapping[str, datetime] | None = None,
    **about: Any,
) -> Recorded:
    """Write an entry, `about` being what `journal.record.record()` takes, and let the clocks follow it.

    `deadlines` gives the due time of clocks whose plan leaves it to the act (an order's arrival time), by clock id;
    `appointments` when something will be that clocks count back from ("reception.scheduled_start"). One that was
    made before is moved.
    """
    entry = record(kind, **about)
    return Recorded(entry, _follow(entry, deadlines or {}, appointments or {}))


def record_many_with_clocks(
    kind: str, abouts: Sequence[Mapping[str, Any]], *, deadlines: Sequence[Mapping[str, datetime]]
) -> list[Recorded]:
    """The same for many entries of one kind: one statement for the entries, one for all clocks that start.

    `deadlines`: for each entry. Where such an entry stops something, each is followed by itself, in their order:
    what one stops, another may have started.
    """
    entries = record_many(kind, abouts)
    known: dict[tuple[str, datetime], list[rulebook.Rulebook]] = {}
    for entry in entries:
        if (entry.plan, entry.at) not in known:
            known[entry.plan, entry.at] = _books_for(entry)
    books = [known[entry.plan, entry.at] for entry in entries]
    if any(kind in book.stops or kind in book.untils for some in books for book in some):
        return [
            Recorded(entry, _follow(entry, own, {})) for entry, own in zip(entries, deadlines, strict=True)
        ]
    calendar = Calendar()
    found = [
        Recorded(
            entry,
            [
                _new_clock(rule, entry, own.get(rule.clock_id), calendar)
                for book in some
                for rule in book.starts.get(kind, ())
                if _is_meant(rule, entry)
            ],
        )
        for entry, some, own in zip(entries, books, deadlines, strict=True)
    ]
    clocks = [clock for one in found for clock in one.clocks]
    _count_generations(clocks)
    _CLOCKS.insert_all(clocks, unless_there=True)
    tell(
        set().union(
            *(_owed(book, entry) for entry, some in zip(entries, books, strict=True) for book in some)
        )
    )
    return found


def _count_generations(clocks: Sequence[Clock]) -> None:
    """Ask once for all which generation each is, where one alone would let its insert ask: many asked row by row take
    longer than writing them."""
    if len(clocks) < 2:
        return
    earlier = Clock.objects.filter(
        subject__in={clock.subject for clock in clocks}, clock_id__in={clock.clock_id for clock in clocks}
    )
    rows = earlier.order_by().values_list("clock_id", "subject").annotate(last=Max("generation"))
    last = {(clock_id, subject): generation for clock_id, subject, generation in rows}
    for clock in clocks:
        clock.generation = last.get((clock.clock_id, clock.subject), 0) + 1


def _books_for(entry: Entry) -> list[rulebook.Rulebook]:
    """What its plan says about time, and the statutes."""
    books = [rulebook.rules_for(entry.plan)] if entry.plan else []
    if entry.kind in MATTERS:
        books += rulebook.standing(entry.at)
    return books


def _follow(
    entry: Entry, deadlines: Mapping[str, datetime], appointments: Mapping[str, datetime]
) -> list[Clock]:
    """Stop and start what the entry's plan says, and the statutes. No rule for its kind, no query."""
    started: list[Clock] = []
    owed: set[str] = set()
    for book in _books_for(entry):
        owed |= _owed(book, entry)
        if stops := book.stops.get(entry.kind):
            started += _stop_and_begin_again(stops, entry)
        if untils := book.untils.get(entry.kind):
            _settle(untils, entry)
        for kind, moment in appointments.items():
            started += _count_back(book.backs.get(kind, ()), entry, moment)
        if starts := [rule for rule in book.starts.get(entry.kind, ()) if _is_meant(rule, entry)]:
            started += _start(starts, entry, deadlines)
    tell(owed)
    return started


def _owed(book: rulebook.Rulebook, entry: Entry) -> set[str]:
    """Of what the entry starts, stops or ends: subjects whose clock a step in answering people stops."""
    moved = (book.starts, book.stops, book.untils)
    rules = (rule for by_kind in moved for rule in by_kind.get(entry.kind, ()))
    return {_subject(rule, entry) for rule in rules if rule.stop_kind in MATTERS}


#: What runs because of these goes on when the incident is over: steps in answering people, and what was learned from it.
_OUTLASTING = MATTERS | {kind.name for kind in KINDS.values() if kind.outlasts}


def start_own(rule: ClockRule, entry: Entry, *, due_at: datetime) -> None:
    """Start a clock that no plan asks for but a room's own row (five minutes to confirm a shift).

    `rule` is not stored; its duration is "given": it runs out at `due_at`.
    """
    _start([rule], entry, {rule.clock_id: due_at})


def stop_own(rule: ClockRule, entry: Entry) -> None:
    """Stop it for the entry's subject."""
    _stop([rule], entry)


def _stop_and_begin_again(stops: tuple[ClockRule, ...], entry: Entry) -> list[Clock]:
    """Of what comes back, the next begins with the stop of the one that ran."""
    again = [rule for rule in stops if rule.recurs]
    if not again:
        _stop(stops, entry)
        return []
    ran = set(Clock.objects.running().filter(_of(again, entry)).values_list("clock_id", flat=True))
    _stop(stops, entry)
    return _start([rule for rule in again if rule.clock_id in ran], entry, {}) if ran else []


def _settle(untils: Iterable[ClockRule], entry: Entry) -> None:
    """What comes back is not owed any more."""
    _cancel(Clock.objects.filter(_of(untils, entry)), entry.at, "settled", ())


def _count_back(rules: tuple[ClockRule, ...], entry: Entry, appointment: datetime) -> list[Clock]:
    meant = [rule for rule in rules if _is_meant(rule, entry)]
    if not meant:
        return []
    _cancel(Clock.objects.filter(_of(meant, entry)), entry.at, "appointment moved", ())
    due = {
        rule.clock_id: counted_back(appointment=appointment, duration=rule.duration, now=entry.at)
        for rule in meant
    }
    return _start(meant, entry, due)


def _of(rules: Iterable[ClockRule], entry: Entry) -> Q:
    meant = Q(pk__in=())
    for rule in rules:
        meant |= Q(clock_id=rule.clock_id, subject=_subject(rule, entry))
    return meant


def _is_meant(rule: ClockRule, entry: Entry) -> bool:
    if rule.real_only and entry.drill:
        return False
    return not rule.when_level or entry.level in rule.when_level.split()


def _start(rules: list[ClockRule], entry: Entry, deadlines: Mapping[str, datetime]) -> list[Clock]:
    """Start one clock per rule in one insert. One that already runs for the subject is left as it is."""
    calendar = Calendar()
    clocks = [_new_clock(rule, entry, deadlines.get(rule.clock_id), calendar) for rule in rules]
    _CLOCKS.insert_all(clocks, unless_there=True)
    return clocks


def _new_clock(rule: ClockRule, entry: Entry, given: datetime | None, calendar: Calendar) -> Clock:
    subject = _subject(rule, entry)
    due = Due(given) if given else due_at(entry.at, rule.duration, calendar)
    return Clock(
        plan=rule.plan,
        clock_id=rule.clock_id,
        title_zh=rule.title_zh,
        title_en=rule.title_en,
        # A deadline the act brought is not computed again when a calendar arrives.
        duration="given" if given else rule.duration,
        role=rule.role,
        cite=rule.cite,
        effect=rule.effect,
        origin=rule.origin,
        max_extension=rule.max_extension,
        pausable=rule.pausable,
        warn_before=rule.warn_before,
        warn_due_at=warn_at(due=due.at, before=rule.warn_before, after=entry.at),
        subject=subject,
        thread=entry.thread,
        unit_id=entry.unit_id,
        unit_path=entry.unit_path,
        drill=entry.drill,
        generation=RawSQL(_NEXT_GENERATION, [rule.clock_id, subject]),  # noqa: S611
        started_at=entry.at,
        due_at=due.at,
        provisional=due.provisional,
        start_entry_id=entry.pk,
    )


def _stop(rules: Iterable[ClockRule], entry: Entry) -> None:
    """Stop what runs, in one update, at the moment the entry happened (never before the clock's own start)."""
    stopping = [(rule.clock_id, _subject(rule, entry)) for rule in rules]
    _STOP(
        tuple(clock_id for clock_id, _of in stopping),
        tuple(of for _clock_id, of in stopping),
        entry.at,
        entry.pk,
    )


def _stopped(
    clock_ids: tuple[str, ...], subjects: tuple[str, ...], at: datetime, entry: int
) -> tuple[QuerySet[Clock], dict[str, Any]]:
    meant = Q(pk__in=())
    for clock_id, subject in zip(clock_ids, subjects, strict=True):
        meant |= Q(clock_id=clock_id, subject=subject)
    stopped_at = Greatest(F("started_at"), Value(at, DateTimeField()))
    return Clock.objects.running().filter(meant), {"stopped_at": stopped_at, "stop_entry": entry}


_STOP = Change(_stopped)


def _subject(rule: ClockRule, entry: Entry) -> str:
    return entry.thread if rule.per == Per.THREAD else entry.subject


def cancel_for_thread(
    *,
    thread: str,
    now: datetime,
    reason: str,
    started_by: Iterable[str] = (),
    matters_too: bool = True,
) -> int:
    """Cancel what runs for an incident and everything in it (closed, retracted). Returns how many.

    `started_by` narrows it to clocks started by these kinds of entries; without `matters_too`, what is owed to
    people goes on. What is owed because of a subject of its own (the demand of a matter, an improvement) goes on in any case: only
    its own end ends it. The caller records why.
    """
    clocks = Clock.objects.filter(thread=thread)
    clocks = clocks.exclude(~Q(subject=thread), start_entry__kind__in=_OUTLASTING)
    if not matters_too:
        clocks = clocks.exclude(start_entry__kind__in=_OUTLASTING)
    many = _cancel(clocks, now, reason, started_by)
    tell([thread] if many else [])
    return many


def cancel_for_subject(*, subject: str, now: datetime, reason: str, started_by: Iterable[str] = ()) -> int:
    """Cancel what runs for one subject (a warning adjusted or lifted, an order recalled). Returns how many."""
    many = _cancel(Clock.objects.filter(subject=subject), now, reason, started_by)
    tell([subject] if many else [])
    return many


def _cancel(clocks: QuerySet[Clock], now: datetime, reason: str, started_by: Iterable[str]) -> int:
    if kinds := tuple(started_by):
        clocks = clocks.filter(start_entry__kind__in=kinds)
    return clocks.filter(RUNNING).update(
        cancelled_at=Greatest(F("started_at"), Value(now, DateTimeField())), cancel_reason=reason[:200]
    )


def carry_to_thread(*, subject: str, thread: str, unit: Unit) -> int:
    """What was counted for a subject by itself belongs to an incident now, and to whoever sees that (an order of
    another centre was tied to it). Returns how many."""
    return Clock.objects.filter(subject=subject).update(thread=thread, unit=unit, unit_path=unit.path)
