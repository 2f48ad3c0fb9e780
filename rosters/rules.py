"""How duty goes round, what is wrong with a roster, and how a swap moves. Plain values in and out.

A duty day begins at `hand_over` and ends at the same hour of the next day. With `night_from` it has two shifts.
It counts by the date it begins on: a Friday's duty is a working day's, although it ends on Saturday.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple, Protocol

from common.dates.local_time import LOCAL, day_of
from common.states import NOBODY, NOTHING, StateTable, Transition
from rosters.choices import FindingCode, RosterState, SwapState, SwapVerb

DAY = timedelta(days=1)
#: No shift is longer: who is on duty at a moment is then a short range of one index.
LONGEST = timedelta(days=7)
#: A roster covers at most so many days.
MOST_DAYS = 92
#: Hours that make a shift a night's: it touches them.
NIGHT_FROM, NIGHT_TO = time(23), time(5)

#: date → is it a working day? None where the calendar of the year is not loaded (clocks.working_days.calendar.Calendar).
Workdays = Callable[[date], bool | None]


@dataclass(frozen=True, slots=True)
class TurnOrder:
    """One post's rotation: who, in what order, for how long each."""

    people: tuple[int, ...]
    #: The day on which the first of them begins.
    first_day: date
    hand_over: time
    #: Begins the night's shift; None: one shift for the whole day.
    night_from: time | None = None
    #: Turns of the rotation that one person keeps it: 1 = day by day, 7 = week by week.
    days_each: int = 1
    #: Days off (weekends and national holidays, without make-up days) go round in an order of their own.
    off_days_apart: bool = False
    #: So many people at the same time.
    minimum: int = 1
    #: The duty is of these hours alone, from `hand_over` to this one of the same day (a leader receives).
    day_ends: time | None = None
    #: Only on these days of the week, "1" Monday to "7" Sunday, and on no day off; "" = every day.
    weekdays: str = ""


class Turn(NamedTuple):
    starts_at: datetime
    ends_at: datetime
    people: tuple[int, ...]
    #: Who takes over where somebody does not confirm: the next in order.
    stand_in: int | None
    is_night: bool
    is_off_day: bool


def turns(round_: TurnOrder, first: date, last: date, workdays: Workdays) -> list[Turn]:
    """The shifts of every duty day from `first` to `last`, both included. Nobody in the round: no shift."""
    if not round_.people or last < first:
        return []
    counted = _Places(round_, workdays)
    found = []
    for day in _days(first, last):
        if not is_meant(round_.weekdays, day, workdays):
            continue
        place, is_off = counted.of(day)
        parts = _parts(round_, day)
        for part, (starts, ends) in enumerate(parts):
            people, stand_in = _seated(round_, place * len(parts) + part if len(parts) > 1 else place)
            found.append(Turn(starts, ends, people, stand_in, is_night(starts, ends), is_off))
    return found


def _seated(round_: TurnOrder, place: int) -> tuple[tuple[int, ...], int | None]:
    count = len(round_.people)
    together = min(round_.minimum, count)
    first = place * together
    people = tuple(round_.people[(first + n) % count] for n in range(together))
    following = round_.people[(first + together) % count]
    return people, following if following not in people else None


class _Places:
    """Which turn a day is: counted from the first day; days off apart where the rotation says so."""

    def __init__(self, round_: TurnOrder, workdays: Workdays):
        self._round, self._workdays = round_, workdays
        self._counted: dict[date, tuple[int, int]] = {round_.first_day: (0, 0)}
        self._last = round_.first_day

    def of(self, day: date) -> tuple[int, bool]:
        is_off = is_off_day(day, self._workdays)
        if self._round.weekdays:
            before = (one for one in _days(self._round.first_day, day - DAY))
            passed = sum(is_meant(self._round.weekdays, one, self._workdays) for one in before)
            return passed // self._round.days_each, is_off
        if not self._round.off_days_apart:
            return (day - self._round.first_day).days // self._round.days_each, is_off
        work, off = self._before(day)
        return (off if is_off else work) // self._round.days_each, is_off

    def _before(self, day: date) -> tuple[int, int]:
        """Working days and days off from the first day up to, not including, `day` (nothing before it)."""
        if day <= self._round.first_day:
            return (0, 0)
        while self._last < day:
            work, off = self._counted[self._last]
            is_off = is_off_day(self._last, self._workdays)
            self._last += DAY
            self._counted[self._last] = (work + (not is_off), off + is_off)
        return self._counted[day]


def _parts(round_: TurnOrder, day: date) -> list[tuple[datetime, datetime]]:
    begin = datetime.combine(day, round_.hand_over, LOCAL)
    if round_.day_ends is not None:
        return [(begin, datetime.combine(day, round_.day_ends, LOCAL))]
    if round_.night_from is None:
        return [(begin, begin + DAY)]
    night = datetime.combine(day, round_.night_from, LOCAL)
    night = night if night > begin else night + DAY
    return [(begin, night), (night, begin + DAY)]


def _days(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


class Hours(Protocol):
    hand_over: time
    day_ends: time | None
    weekdays: str


def day_hours(round_: Hours, first: date, last: date, workdays: Workdays) -> list[tuple[datetime, datetime]]:
    """When a duty of certain hours is to be filled, day by day."""
    assert round_.day_ends is not None
    return [
        (datetime.combine(day, round_.hand_over, LOCAL), datetime.combine(day, round_.day_ends, LOCAL))
        for day in _days(first, last)
        if is_meant(round_.weekdays, day, workdays)
    ]


def is_meant(weekdays: str, day: date, workdays: Workdays) -> bool:
    """Whether there is duty on the day. Where days of the week are named, a holiday among them has none."""
    return not weekdays or (str(day.isoweekday()) in weekdays and not is_off_day(day, workdays))


def is_off_day(day: date, workdays: Workdays) -> bool:
    """Whether the calendar calls it a day off. A day it does not know counts as a working day (and is found)."""
    return workdays(day) is False


def is_night(starts: datetime, ends: datetime) -> bool:
    """Whether a shift touches the hours from 23:00 to 05:00 in Shanghai."""
    first = day_of(starts)
    for day in _days(first - DAY, day_of(ends)):
        begin = datetime.combine(day, NIGHT_FROM, LOCAL)
        if starts < begin + timedelta(hours=6) and ends > begin:
            return True
    return False


# --- what is wrong with it ---------------------------------------------------------------------------------


class Seat(NamedTuple):
    """A person on a post from one moment up to another. Times are aware."""

    post: int
    person: int
    starts_at: datetime
    ends_at: datetime


class Need(NamedTuple):
    """So many people on a post, from one moment up to another."""

    post: int
    minimum: int
    starts_at: datetime
    ends_at: datetime


class Finding(NamedTuple):
    code: str
    starts_at: datetime
    ends_at: datetime
    post: int | None = None
    person: int | None = None
    #: For a gap: how many are missing at most in this time.
    missing: int = 0


def findings(
    *,
    needs: Iterable[Need],
    seats: Sequence[Seat],
    elsewhere: Iterable[Seat],
    holding: Mapping[tuple[int, int], Sequence[tuple[datetime, datetime | None]]],
    unreachable: Iterable[int],
    agreed: Iterable[Seat] = (),
) -> list[Finding]:
    """Everything that stands between a roster and the telephone being answered, by time.

    `elsewhere`: duties of the same people in force in other rosters. `holding`: (post, person) → the spans of
    their appointments (None: without end). `unreachable`: people nobody could ring. `agreed`: duties in force as
    somebody swapped or changed them, which this roster would replace.
    """
    found = [gap for need in needs for gap in gaps(need, seats)]
    found += clashes(seats, elsewhere)
    found += [seat_finding for seat in seats if (seat_finding := _not_holding(seat, holding))]
    found += _unreachable(seats, set(unreachable))
    found += [
        Finding(FindingCode.UNDOES_CHANGE, seat.starts_at, seat.ends_at, seat.post, seat.person)
        for seat in agreed
        if not _is_kept(seat, seats)
    ]
    return sorted(found, key=lambda one: (one.starts_at, one.code, one.post or 0, one.person or 0))


def _is_kept(agreed: Seat, seats: Iterable[Seat]) -> bool:
    """Whether the person still sits on the post for the whole of the agreed time."""
    same = (seat for seat in seats if (seat.post, seat.person) == (agreed.post, agreed.person))
    return any(seat.starts_at <= agreed.starts_at and seat.ends_at >= agreed.ends_at for seat in same)


def gaps(need: Need, seats: Iterable[Seat]) -> list[Finding]:
    """The times in which fewer than the minimum sit on the post; neighbouring times are one gap."""
    mine = [seat for seat in seats if seat.post == need.post]
    edges = {need.starts_at, need.ends_at}
    edges |= {edge for seat in mine for edge in seat[2:] if need.starts_at < edge < need.ends_at}
    found: list[Finding] = []
    for begin, end in pairwise(sorted(edges)):
        present = {seat.person for seat in mine if seat.starts_at <= begin and seat.ends_at >= end}
        missing = need.minimum - len(present)
        if missing <= 0:
            continue
        if found and found[-1].ends_at == begin and found[-1].missing == missing:
            found[-1] = found[-1]._replace(ends_at=end)
        else:
            found.append(Finding(FindingCode.GAP, begin, end, need.post, missing=missing))
    return found


def clashes(seats: Iterable[Seat], elsewhere: Iterable[Seat] = ()) -> list[Finding]:
    """Where one person is on two posts at once, or twice on one. `elsewhere` alone does not count."""
    by_person: dict[int, list[tuple[Seat, bool]]] = defaultdict(list)
    for seat in seats:
        by_person[seat.person].append((seat, True))
    for seat in elsewhere:
        if seat.person in by_person:
            by_person[seat.person].append((seat, False))
    found = []
    for person, taken in by_person.items():
        taken.sort(key=lambda one: (one[0].starts_at, one[0].ends_at))
        for at, (seat, is_ours) in enumerate(taken):
            for other, other_ours in taken[at + 1 :]:
                if other.starts_at >= seat.ends_at:
                    break
                if is_ours or other_ours:
                    end = min(seat.ends_at, other.ends_at)
                    found.append(Finding(FindingCode.CLASH, other.starts_at, end, seat.post, person))
    return found


def _not_holding(seat: Seat, holding: Mapping) -> Finding | None:
    """None while one appointment, or several that follow each other, cover the whole shift."""
    reached = seat.starts_at
    for begin, end in sorted(holding.get((seat.post, seat.person), ()), key=lambda span: span[0]):
        if begin > reached:
            break
        if end is None or end >= seat.ends_at:
            return None
        reached = max(reached, end)
    return Finding(
        FindingCode.NOT_HOLDING, max(reached, seat.starts_at), seat.ends_at, seat.post, seat.person
    )


def _unreachable(seats: Iterable[Seat], people: set[int]) -> list[Finding]:
    """Once per person, from their first shift to their last."""
    spans: dict[int, list[Seat]] = defaultdict(list)
    for seat in seats:
        if seat.person in people:
            spans[seat.person].append(seat)
    return [
        Finding(
            FindingCode.UNREACHABLE,
            min(seat.starts_at for seat in mine),
            max(seat.ends_at for seat in mine),
            mine[0].post,
            person,
        )
        for person, mine in spans.items()
    ]


# --- fairness ----------------------------------------------------------------------------------------------


class Load(NamedTuple):
    """What one person has carried: shown beside the others, by name, never as a ranking."""

    person: int
    shifts: int
    nights: int
    off_days: int
    hours: int


def loads(shifts: Iterable[tuple[int, datetime, datetime, bool, bool]]) -> list[Load]:
    """Count (person, starts, ends, is_night, is_off_day) per person, in the order they first come."""
    found: dict[int, Load] = {}
    for person, starts, ends, night, off in shifts:
        so_far = found.get(person, Load(person, 0, 0, 0, 0))
        hours = so_far.hours + round((ends - starts) / timedelta(hours=1))
        found[person] = Load(person, so_far.shifts + 1, so_far.nights + night, so_far.off_days + off, hours)
    return list(found.values())


# --- the life of a roster ----------------------------------------------------------------------------------

DRAFT, CHANGE, PUBLISH = "draft", "change", "publish"
DESK, LEADER = "desk", "leader"

ROSTERS = StateTable(
    turns={RosterState.DRAFT: LEADER, RosterState.PUBLISHED: NOBODY},
    rows=[
        Transition(DRAFT, (NOTHING,), RosterState.DRAFT, "roster.drafted", by=DESK),
        Transition(CHANGE, (RosterState.DRAFT,), None, "roster.draft_changed", by=DESK),
        Transition(
            PUBLISH, (RosterState.DRAFT,), RosterState.PUBLISHED, "roster.published", by=LEADER,
            tells={"roster.published": "everybody on it"},
        ),
    ],
)  # fmt: skip

# --- swaps -------------------------------------------------------------------------------------------------

#: The duty it is about has changed.
LAPSE = "lapse"
PROPOSER, OTHER, SYSTEM = "proposer", "other", "system"
_BOTH = "the two sides, without who acts"


def _told(state: str, who: str = _BOTH) -> dict[str, str]:
    return {f"swap.{state}": who}


SWAPS = StateTable(
    turns={
        SwapState.PROPOSED: OTHER,
        SwapState.ACCEPTED: LEADER,
        SwapState.APPROVED: NOBODY,
        SwapState.DECLINED: NOBODY,
        SwapState.REFUSED: NOBODY,
        SwapState.WITHDRAWN: NOBODY,
        SwapState.LAPSED: NOBODY,
    },
    rows=[
        Transition(
            "propose", (NOTHING,), SwapState.PROPOSED, "swap.proposed", by=PROPOSER,
            tells=_told(SwapState.PROPOSED, "the other side"),
        ),
        Transition(
            SwapVerb.ACCEPT, (SwapState.PROPOSED,), SwapState.ACCEPTED, "swap.accepted", by=OTHER,
            tells=_told(SwapState.ACCEPTED, "the proposer, the leaders on duty"),
        ),
        Transition(
            SwapVerb.DECLINE, (SwapState.PROPOSED,), SwapState.DECLINED, "swap.declined", by=OTHER,
            tells=_told(SwapState.DECLINED),
        ),
        Transition(
            SwapVerb.WITHDRAW, (SwapState.PROPOSED, SwapState.ACCEPTED), SwapState.WITHDRAWN,
            "swap.withdrawn", by=PROPOSER, tells=_told(SwapState.WITHDRAWN),
        ),
        Transition(
            SwapVerb.APPROVE, (SwapState.ACCEPTED,), SwapState.APPROVED, "swap.approved", by=LEADER,
            tells=_told(SwapState.APPROVED),
        ),
        Transition(
            SwapVerb.REFUSE, (SwapState.ACCEPTED,), SwapState.REFUSED, "swap.refused", by=LEADER,
            tells=_told(SwapState.REFUSED),
        ),
        Transition(
            LAPSE, (SwapState.PROPOSED, SwapState.ACCEPTED), SwapState.LAPSED, "swap.lapsed", by=SYSTEM,
            tells=_told(SwapState.LAPSED, "the two sides"),
        ),
    ],
)  # fmt: skip

OPEN_SWAPS = SWAPS.live
