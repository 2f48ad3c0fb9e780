"""When a clock ends with everything that was agreed about it. Plain values in and out."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from clocks.durations import Due, Terms, Workdays, due_at, parse


class Counted(Protocol):
    """What of a clock says when it ends."""

    started_at: datetime
    duration: str
    max_extension: str
    extended: int
    pauses: list


def terms_of(clock: Counted) -> Terms:
    pauses = ((datetime.fromisoformat(since), datetime.fromisoformat(until)) for since, until in clock.pauses)
    return Terms(tuple(pauses), clock.extended, unit_of(clock.max_extension))


def due_of(clock: Counted, workdays: Workdays) -> Due:
    """When it ends, its extension and its pauses taken into account."""
    return due_at(clock.started_at, clock.duration, workdays, terms_of(clock))


def unit_of(max_extension: str) -> str:
    """Whether an extension is counted in working days."""
    return "workdays" if max_extension.endswith("WD") else "days"


def most_days(max_extension: str) -> int:
    """How many days, or working days, may be added in all; none where the plan gives no figure in days."""
    if not max_extension:
        return 0
    kind, amount = parse(max_extension)
    return amount if kind in ("days", "workdays") else 0


def waits_for_calendar(clock: Counted) -> bool:
    """Whether its deadline follows from working days."""
    return clock.duration.endswith("WD") or (bool(clock.extended) and clock.max_extension.endswith("WD"))


def warn_at(*, due: datetime | None, before: str, after: datetime) -> datetime | None:
    """The next moment after `after` at which people are warned: `before` names how long before the deadline."""
    if due is None:
        return None
    moments = (due - timedelta(seconds=parse(text).amount) for text in before.split())
    return min((moment for moment in moments if moment > after), default=None)


def counted_back(*, appointment: datetime, duration: str, now: datetime) -> datetime:
    """By when something is done before an appointment; one made at shorter notice is itself the limit."""
    due = appointment - timedelta(seconds=parse(duration).amount)
    return due if due > now else max(appointment, now)


C = TypeVar("C", bound="Running")


class Running(Protocol):
    due_at: datetime | None

    @property
    def is_running(self) -> bool: ...


def leading_clock(clocks: Iterable[C]) -> C | None:
    """The one that ends first of those that run: what is shown, whichever plan or law it comes from.

    A plan's clock runs beside the statute's, so that a longer one of a plan never leads.
    """
    running = [clock for clock in clocks if clock.is_running and clock.due_at is not None]
    return min(running, key=lambda clock: clock.due_at, default=None)  # type: ignore[arg-type, return-value]
