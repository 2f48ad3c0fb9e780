"""Questions about clocks. What a person asks starts at `visible_to`; what an action asks is by thread or subject."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from accounts.scope import Reach
from clocks.models import Clock

_MOST_URGENT_FIRST = (F("due_at").asc(nulls_last=True), "started_at", "id")


#: Time limits that end within this time stand on the boards.
SOON = timedelta(hours=1)


def running(thread: str) -> QuerySet[Clock]:
    """What still runs for an incident and everything in it, most urgent first."""
    return Clock.objects.running().filter(thread=thread).order_by(*_MOST_URGENT_FIRST)


def running_by_thread(threads: Iterable[str]) -> dict[str, list[Clock]]:
    """The same for many incidents with one query: thread → clocks, most urgent first."""
    found: dict[str, list[Clock]] = {thread: [] for thread in threads}
    rows = Clock.objects.running().filter(thread__in=list(found)).order_by(*_MOST_URGENT_FIRST)
    for clock in rows:
        found[clock.thread].append(clock)
    return found


def clocks_about(reach: Reach, key: str) -> QuerySet[Clock]:
    """Every clock of a subject ("order:17") or thread ("incident:5") this person may see, oldest first."""
    return Clock.objects.visible_to(reach).about(key).order_by("started_at", "id")


def due_soon(reach: Reach, now: datetime) -> QuerySet[Clock]:
    """Running clocks whose deadline comes soon, or is already past; most urgent first."""
    return due_until(reach, now + SOON)


def due_until(reach: Reach, until: datetime) -> QuerySet[Clock]:
    """Running clocks whose deadline comes before `until`, most urgent first."""
    rows = Clock.objects.visible_to(reach).running().filter(due_at__lte=until)
    return rows.order_by(*_MOST_URGENT_FIRST)


def open_clocks(reach: Reach) -> QuerySet[Clock]:
    """Everything that runs where this person may see it, most urgent first."""
    return Clock.objects.visible_to(reach).running().order_by(*_MOST_URGENT_FIRST)


def unswept_count(overdue_since: datetime) -> int:
    """Clocks whose deadline passed before `overdue_since` and that no sweep has recorded (should be none)."""
    return Clock.objects.unswept(overdue_since).count()
