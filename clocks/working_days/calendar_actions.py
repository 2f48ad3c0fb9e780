"""What happens when a year's working days arrive: the table is filled, and deadlines that waited for it are set."""

import copy
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from clocks.actions import record_with_clocks
from clocks.durations import Due
from clocks.following import tell
from clocks.models import Clock, WorkCalendarDay
from clocks.terms.rules import due_of, warn_at
from clocks.working_days.calendar import Calendar
from clocks.working_days.calendar_changes import changes_of
from clocks.working_days.calendar_files import Day, YearFile
from common.errors import Invalid
from journal.keys import key
from journal.record import record, stamp


class Imported(NamedTuple):
    year: int
    days: int
    recomputed: int


@transaction.atomic
def import_calendar(
    *, file: YearFile, source: str, actor: User | None, now: datetime, replace: bool = False
) -> Imported:
    """Write what the file changes, and set anew every deadline that follows from it.

    Days it does not list stay, unless it is to `replace` its whole year. Days of a neighbour year in the file are
    taken where that year is loaded; Invalid where it is not.
    """
    _check_loaded([day for day in file.days if day.date.year != file.year])

    days = [change.after for change in changes_of(file, replace=replace)]
    _write(days, source)

    content = {"year": file.year, "source": source, "days": len(days), "replace": replace}
    record("calendar.imported", subject=key("calendar", file.year), actor=actor, at=now, content=content)
    return Imported(file.year, len(days), recompute_clocks(now=now))


def _check_loaded(neighbours: list[Day]) -> None:
    for year in sorted({day.date.year for day in neighbours}):
        if not WorkCalendarDay.objects.filter(date__year=year).exists():
            raise Invalid(
                "calendar_year_missing",
                _(
                    "The calendar was not imported: the file lists days of %(year)s, and the calendar of that year "
                    "is not loaded. Import the file of %(year)s first, or take these days out."
                )
                % {"year": year},
            )


def _write(days: list[Day], source: str) -> None:
    rows = [
        WorkCalendarDay(date=day.date, is_workday=day.is_workday, source=source[:80], notice=day.notice[:120])
        for day in days
    ]
    WorkCalendarDay.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["date"],
        update_fields=["is_workday", "source", "notice"],
    )


@transaction.atomic
def recompute_clocks(*, now: datetime) -> int:
    """Set anew the working-day deadlines that the present calendar gives otherwise. Returns how many.

    The old clock is cancelled and a new generation takes its place, so that both dates can be read later.
    What is already past its deadline stays as it is.
    """
    calendar = Calendar()
    waiting = (
        Clock.objects.running()
        .filter(
            Q(duration__endswith="WD") | Q(extended__gt=0, max_extension__endswith="WD"),
            breached_at__isnull=True,
            paused_at__isnull=True,
        )
        .exclude(due_at__lt=now)
        .select_for_update(of=("self",))
        .select_related("unit")
        .order_by("id")
    )
    changed = []
    for clock in waiting:
        due = due_of(clock, calendar)
        if due != Due(clock.due_at, clock.provisional):
            _replace(clock, due, now)
            changed.append(clock.subject)
    tell(changed)
    return len(changed)


def _replace(clock: Clock, due: Due, now: datetime) -> None:
    following = copy.copy(clock)
    clock.cancelled_at, clock.cancel_reason = max(now, clock.started_at), "recomputed"
    clock.save(update_fields=["cancelled_at", "cancel_reason"])

    following.pk, following.generation = None, clock.generation + 1
    following.due_at, following.provisional = due
    following.warn_due_at = warn_at(due=due.at, before=clock.warn_before, after=now)
    following.save(force_insert=True)

    record_with_clocks(
        "clock.recomputed",
        subject=clock.subject,
        thread=clock.thread,
        unit=clock.unit,
        actor=None,
        at=now,
        plan=clock.plan,
        drill=clock.drill,
        content={
            "clock": clock.clock_id,
            "title_zh": clock.title_zh,
            "title_en": clock.title_en,
            "due_before": stamp(clock.due_at) if clock.due_at else None,
            "due_at": stamp(due.at) if due.at else None,
        },
    )
