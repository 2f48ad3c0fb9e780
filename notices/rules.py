"""How a notice moves on, what silence leads to, what may wait. Plain values in and out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import NamedTuple

from common.dates.local_time import LOCAL
from notices.choices import ALERT, ORDER, ROUTINE, TEST, Answer, Do

# --- how far it got ----------------------------------------------------------------------------------------

#: Attempts that nobody ended: what kills its sender so often is given up. (Attempts are counted at the claim.)
MAX_DEATHS = 8
#: What raises in our own code so often is set aside, and somebody hears of it; its neighbours go on.
BROKEN_TRIES = 5
#: Seconds before the next attempt, after the first, the second, …; the last figure stays.
BACKOFF = (1, 2, 4, 8, 15, 30, 30, 30, 30, 60)
#: The same for what may wait: an outage of a day is not a thousand attempts.
PATIENT_BACKOFF = (*BACKOFF, 120, 300)
#: So long a notice is tried if nothing says earlier that it does not matter any more (`still`, `expires_at`): a
#: provider's outage is over within a day, or people have been telephoning for long.
TRIED_FOR = timedelta(hours=24)

#: What reaches further wins, in whatever order the reports come: a late report never takes back a better one.
_REACH = ("queued", "cancelled", "failed", "sent", "delivered", "escalated", "heard", "acknowledged")


def wait_after(attempt: int, luck: float, priority: int = ALERT) -> timedelta:
    """How long to wait after that attempt; `luck` from 0 to 1 spreads it by ±50 %."""
    waits = BACKOFF if priority <= ORDER else PATIENT_BACKOFF
    return timedelta(seconds=waits[min(attempt, len(waits)) - 1] * (0.5 + luck))


def tried_until(queued_at: datetime, expires_at: datetime | None) -> datetime:
    """When a notice that no provider takes is given up: as late as it may still matter, never by a count."""
    return expires_at or queued_at + TRIED_FOR


def set_aside(error: str) -> str:
    """What a notice says that could not even be made ready."""
    return f"set aside: {error}"


def further(state: str, reported: str) -> str:
    """The state after a report: forwards only."""
    return max(state, reported, key=_REACH.index)


def is_failed_by_report(state: str) -> bool:
    """Whether a provider's "failed" counts: it ends what was only sent. Who has had the message has had it."""
    return state in ("queued", "sent")


# --- what silence leads to ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of a plan: so long after the notice, do this."""

    after: timedelta
    do: str
    #: For `second_channel`: which.
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Escalation:
    """How silence is followed up, as the plan says it."""

    steps: tuple[StepLine, ...] = ()
    #: Every person must confirm; otherwise one ear among them is enough.
    needs_each: bool = False
    #: After "coming": ask again after so long without a sign of them, so many times.
    still_after: timedelta | None = None
    still_times: int = 0
    level: str = ""


NOT_FOLLOWED_UP = Escalation()


def outcome_of_step(
    do: str, *, heard: bool, answer: str, needs_each: bool, others_answered: bool, is_replaced: bool
) -> str:
    """Why a step that is due need not be taken; empty: take it.

    `heard`: on any channel. `answer`: this person's. `others_answered`: somebody else told of the same comes.
    `is_replaced`: somebody was told in this person's place.
    """
    if do == Do.STILL_ON_IT:
        return ""
    if answer == Answer.COMING:
        return "answered"
    if answer and do == Do.SECOND_CHANNEL:
        return "answered"
    if answer:
        return "replaced" if is_replaced else ""
    if others_answered and not needs_each:
        return "another one comes"
    if heard and (do == Do.SECOND_CHANNEL or not needs_each):
        return "heard"
    return ""


# --- what may wait -----------------------------------------------------------------------------------------


class LaneRule(NamedTuple):
    #: Several notices to one person on one channel go out as one message, after a short wait.
    bundles: bool
    #: Nothing rings at night: it waits for the morning.
    keeps_quiet_hours: bool
    #: Where no way of reaching somebody is left, a person telephones them.
    must_be_heard: bool = False


#: What a lane may wait for. Only the last one waits for anything: a warning, an order or a test of a number
#: goes out at once, at any hour.
LANES = {
    ALERT: LaneRule(bundles=False, keeps_quiet_hours=False, must_be_heard=True),
    ORDER: LaneRule(bundles=False, keeps_quiet_hours=False, must_be_heard=True),
    TEST: LaneRule(bundles=False, keeps_quiet_hours=False),
    ROUTINE: LaneRule(bundles=True, keeps_quiet_hours=True),
}
#: Several notices that nobody could send for so long are one summary: an outage that ends does not flood.
BACKLOG = timedelta(minutes=5)


class QuietHours(NamedTuple):
    """From this hour to that one in Shanghai, over midnight or not."""

    begin: time
    end: time

    def ends_after(self, moment: datetime) -> datetime:
        """The moment itself outside quiet hours, else when they end. The end itself is not quiet."""
        local = moment.astimezone(LOCAL)
        if not self._holds(local.time()):
            return moment
        end = local.replace(hour=self.end.hour, minute=self.end.minute, second=0, microsecond=0)
        return end if end > local else end + timedelta(days=1)

    def began_before(self, moment: datetime) -> datetime:
        """When the quiet hours that hold this moment began; the moment itself outside of them."""
        local = moment.astimezone(LOCAL)
        if not self._holds(local.time()):
            return moment
        begin = local.replace(hour=self.begin.hour, minute=self.begin.minute, second=0, microsecond=0)
        return begin if begin <= local else begin - timedelta(days=1)

    def _holds(self, at: time) -> bool:
        if self.begin <= self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end


def quiet_hours(text: str) -> QuietHours | None:
    """Read "22:00-07:00"; empty: none. Raises ValueError for anything else."""
    if not text.strip():
        return None
    begin, _dash, end = text.partition("-")
    return QuietHours(time.fromisoformat(begin.strip()), time.fromisoformat(end.strip()))


def first_moment(
    priority: int,
    now: datetime,
    bundle_wait: timedelta,
    quiet: QuietHours | None,
    needed_by: datetime | None = None,
) -> datetime:
    """When a notice of this lane may leave at the earliest.

    Urgency follows the time left, not the lane alone: what would leave after `needed_by` waits for nothing.
    """
    rule = LANES.get(priority, LANES[ROUTINE])
    moment = now + bundle_wait if rule.bundles else now
    if rule.keeps_quiet_hours and quiet:
        moment = quiet.ends_after(moment)
    return now if needed_by is not None and moment > needed_by else moment


# --- lengths -----------------------------------------------------------------------------------------------


def fit(pattern: str, values: dict[str, str], limit: int) -> str:
    """Fill a pattern; where it is longer than `limit` characters its longest values are shortened with "…".

    Raises ValueError if the pattern alone is longer.
    """
    values = dict(values)
    text = pattern.format(**values)
    while len(text) > limit:
        name = max(values, key=lambda key: len(values[key]), default="")
        if not name or len(values[name]) <= 1:
            raise ValueError(f"a text of {len(text)} characters does not fit into {limit}")
        keep = max(len(values[name]) - 1 - max(1, len(text) - limit), 0)
        values[name] = values[name][:keep].rstrip() + "…" if keep else "…"
        text = pattern.format(**values)
    return text


def summary(head: str, lines: Iterable[str], limit: int) -> str:
    """Several notices as one: the head, then as many first lines as fit."""
    text = head
    for line in lines:
        longer = f"{text}\n· {line}"
        if len(longer) > limit:
            return text
        text = longer
    return text
