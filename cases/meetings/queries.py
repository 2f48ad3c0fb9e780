"""Which units meet every day by their plan, and what they noted."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from accounts.models import Unit
from accounts.scope import Reach
from cases.answers_due.queries import own_units
from clocks.models import Clock, ClockRule
from common.dates.local_time import day_of
from journal.keys import key, pks_of
from journal.models import Entry
from journal.record import content_of
from plans.lifecycle.models import PlanVersion
from plans.lifecycle.queries import in_force_at, plan_with_clock

BEGUN, HELD, ENDED = "daily_meetings.begun", "daily_meeting.held", "daily_meetings.ended"
#: So many meetings are shown of each unit.
_SHOWN = 7


class Meetings(NamedTuple):
    """What one unit noted, newest first, and the clock of the next meeting while one is asked for."""

    unit: Unit
    noted: list[tuple[datetime, str]]
    clock: Clock | None


def plan_of(unit: Unit, now: datetime) -> str:
    """The plan that asks the unit for a daily meeting; before version 5 the rules counted from the first one noted."""
    return plan_with_clock(unit, BEGUN, now) or plan_with_clock(unit, HELD, now)


def not_begun(now: datetime) -> dict[str, list[int]]:
    """Plan in force that asks for daily meetings → the units it asks and nobody has been told. One query without one."""
    rules = dict(ClockRule.objects.filter(start_kind=BEGUN).values_list("plan", "role"))
    if not rules:
        return {}
    versions = PlanVersion.objects.filter(in_force_at(now, day_of(now))).select_related(
        "plan__owner_unit", "text"
    )
    return {version.ref: _asked(version, rules[version.ref]) for version in versions if version.ref in rules}


def _asked(version: PlanVersion, role: str) -> list[int]:
    tier = version.document["roles"].get(role, {}).get("tier", "")
    told = pks_of(
        Entry.objects.filter(kind=BEGUN, plan=version.ref).values_list("subject", flat=True), "unit"
    )
    rows = Unit.objects.filter(tier=tier, valid_to=None).exclude(pk__in=told)
    if version.plan.owner_unit:
        rows = rows.filter(path__under=version.plan.owner_unit.path)
    return list(rows.order_by("path").values_list("pk", flat=True))


def meetings_of(reach: Reach, now: datetime) -> list[Meetings]:
    """Of the units at which this person holds a post that answers, those whose plan asks for a daily meeting."""
    return list(_meetings(own_units(reach), now))


def _meetings(units: Iterable[Unit], now: datetime) -> Iterable[Meetings]:
    for unit in units:
        if plan_of(unit, now):
            subject = key("unit", unit.pk)
            entries = Entry.objects.filter(subject=subject, kind=HELD).order_by("-at", "-pk")[:_SHOWN]
            noted = [(entry.at, content_of(entry)["note"]) for entry in entries]
            running = Clock.objects.running().filter(subject=subject, start_entry__kind__in=(BEGUN, HELD))
            yield Meetings(unit, noted, running.first())
