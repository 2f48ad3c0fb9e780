"""What follows from what: who is asked when, until when, and what an answer adds to the counts. Plain values.

Source: city plan §2.2(1) (four tiers, daily); Jintan campaign rules 四 1-4 (nothing is an answer; village
daily, township weekly). Neither names a cut-off time: it is the bureau's setting, a proposal here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from common.dates.local_time import LOCAL, day_of
from common.dates.periods import DAILY, Period
from common.states import NOBODY, NOTHING, StateTable, Transition

NIL, ITEMS = "nil", "items"
FRIDAY = 4
DEFAULT_CUTOFF = time(17, 30)
#: "24:00": the last moment that still is that day, so that whatever comes on the day is in time.
END_OF_DAY = time.max

#: date → is it a working day? None where the calendar of that year is not loaded.
Workdays = Callable[[date], bool | None]


# --- the life of an answer, and of a round -----------------------------------------------------------------

UNANSWERED, ANSWERED = "unanswered", "answered"
FILE, CORRECT = "file", "correct"
UNIT, SYSTEM = "unit", "system"

#: One unit in one period. Late is accepted and marked; when it is locked, and what opens the lock, is not its state.
SLOTS = StateTable(
    turns={UNANSWERED: UNIT, ANSWERED: NOBODY},
    rows=[
        Transition("ask", (NOTHING,), UNANSWERED, by=SYSTEM),
        Transition(FILE, (UNANSWERED,), ANSWERED, "zero_report.received", by=UNIT),
        Transition(CORRECT, (ANSWERED,), None, "zero_report.corrected", by=UNIT),
    ],
)

OPEN, COUNTED = "open", "counted"
OPEN_ROUND, REMIND, COUNT = "open", "remind", "count"

ROUNDS = StateTable(
    turns={OPEN: SYSTEM, COUNTED: NOBODY},
    rows=[
        Transition(OPEN_ROUND, (NOTHING,), OPEN, "period.day_opened", by=SYSTEM),
        # Whom, when and how often is the plan's ladder of reminders.
        Transition(
            REMIND, (OPEN, COUNTED), None, "period.reminded", by=SYSTEM,
            tells={
                "report.due": "units that have not answered",
                "report.missed": "units that have not answered after the cut-off",
                "report.summary": "the unit above them",
                "report.climb": "whom the plan names above",
            },
        ),
        Transition(COUNT, (OPEN,), COUNTED, "period.counted", by=SYSTEM),
    ],
)  # fmt: skip


# --- who is asked, until when ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ask:
    """One line of a plan's cadence: these tiers answer this often, until this time."""

    cadence: str
    tiers: frozenset[str]
    cutoff: time = DEFAULT_CUTOFF
    #: For weekly asks: the day of the week of the cut-off, Monday = 0.
    weekday: int = FRIDAY
    #: A daily ask that leaves out days off. A day whose calendar is not loaded is asked.
    workdays_only: bool = False
    #: Campaign windows as (first day, last day); empty = always.
    windows: tuple[tuple[date, date], ...] = ()
    #: How long after the cut-off the plan locks the period, as plans write it; "" = no time of its own.
    lock: str = ""

    def due_day(self, period: Period) -> date:
        return period.day if self.cadence == DAILY else period.day + timedelta(days=self.weekday)

    def due_at(self, period: Period) -> datetime:
        return datetime.combine(self.due_day(period), self.cutoff, LOCAL)

    def asks_for(self, period: Period, is_workday: Workdays) -> bool:
        """Whether this line asks for the period at all."""
        if period.cadence != self.cadence:
            return False
        due = self.due_day(period)
        is_off = self.workdays_only and self.cadence == DAILY and is_workday(due) is False
        return not is_off and (not self.windows or self.runs_on(due))

    def runs_on(self, day: date) -> bool:
        """Whether the day lies in one of its campaign windows."""
        return any(first <= day <= last for first, last in self.windows)


#: A plan's cadence. Outside campaigns each tier appears at most once per cadence, and so it does within one.
Cadence = tuple[Ask, ...]

DEFAULT: Cadence = (Ask(DAILY, frozenset({"city", "county", "township", "village"})),)


def asking(cadence: Cadence, period: Period, is_workday: Workdays) -> dict[str, Ask]:
    """Tier → the line that asks it for the period.

    While a campaign runs, its lines stand in place of the tier's others, whatever those ask: a weekly report
    is not asked beside the campaign's daily one.
    """
    return {
        tier: ask
        for ask in cadence
        if ask.asks_for(period, is_workday)
        for tier in sorted(ask.tiers)
        if ask.windows or not _in_campaign(cadence, tier, ask.due_day(period))
    }


def _in_campaign(cadence: Cadence, tier: str, day: date) -> bool:
    return any(tier in ask.tiers and ask.runs_on(day) for ask in cadence)


# --- may this be filed? ------------------------------------------------------------------------------------


def why_not(
    *,
    period: Period,
    due_at: datetime | None,
    valid_from: date | None,
    valid_to: date | None,
    now: datetime,
) -> str:
    """The code of the reason why this period cannot be filed at `now`, or "" if it can.

    `due_at` None = the plan does not ask this unit for the period. A unit answers if it exists on the day of
    the cut-off. After the cut-off is late, not refused.
    """
    if now < period.starts_at:
        return "period_not_begun"
    if due_at is None:
        return "not_asked"
    return why_not_open(valid_from, valid_to, day_of(due_at))


def why_not_open(valid_from: date | None, valid_to: date | None, day: date) -> str:
    """Whether a unit exists on the day: "" or the code of the reason. `valid_to` is the first day it does not."""
    if valid_from and day < valid_from:
        return "unit_not_yet_open"
    if valid_to and day >= valid_to:
        return "unit_closed"
    return ""


def is_on_time(received_at: datetime, due_at: datetime) -> bool:
    """Exactly at the cut-off is still in time."""
    return received_at <= due_at


# --- counts ------------------------------------------------------------------------------------------------


class Counts(NamedTuple):
    """How many units below a node are asked, have answered, and what."""

    expected: int = 0
    received: int = 0
    nil: int = 0
    with_items: int = 0
    late: int = 0

    def plus(self, other: "Counts") -> "Counts":
        return Counts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    def minus(self, other: "Counts") -> "Counts":
        return Counts(*(mine - theirs for mine, theirs in zip(self, other, strict=True)))

    @property
    def missing(self) -> int:
        return self.expected - self.received

    @property
    def on_time(self) -> int:
        return self.received - self.late

    @property
    def completeness(self) -> float | None:
        """Answered of asked, in per cent; None where nobody is asked."""
        return 100 * self.received / self.expected if self.expected else None

    @property
    def timeliness(self) -> float | None:
        """Answered in time of asked, in per cent."""
        return 100 * self.on_time / self.expected if self.expected else None


def change_of(*, was: str, answer: str, late: bool) -> Counts:
    """What one filing changes. `was` is the answer before, "" for the first; only a first answer can be late."""
    first = not was
    return Counts(
        received=int(first),
        nil=(answer == NIL) - (was == NIL),
        with_items=(answer == ITEMS) - (was == ITEMS),
        late=int(first and late),
    )


def cell(*, answer: str, late: bool, asked: bool, due_at: datetime | None, now: datetime) -> str:
    """The state a unit × period shows. Late says more than what was said: the answer stands beside it."""
    if answer:
        return "late" if late else answer
    if not asked or due_at is None:
        return "off"
    return "future" if now <= due_at else "missing"
