"""Which screens there are."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet

from accounts.models import Unit
from accounts.queries import units_for
from accounts.scope import Reach
from accounts.screens.models import Screen
from common.errors import not_found

#: A screen that is on says so at least once a minute.
QUIET = timedelta(minutes=3)


class Listed(NamedTuple):
    screen: Screen
    #: on · quiet (connected, not seen for some minutes) · waiting (never connected, or its time is over)
    state: str


def units_with_screens(reach: Reach) -> QuerySet[Unit]:
    """Units for which this person registers screens, the nearest first."""
    return units_for(reach, "screen.manage").filter(valid_to__isnull=True)


def screens(reach: Reach, now: datetime) -> list[Listed]:
    rows = Screen.objects.kept().filter(reach.filter("screen.manage", field="unit__path"))
    return [
        Listed(row, state_of(row, now)) for row in rows.select_related("unit", "registered_by").order_by("pk")
    ]


def state_of(screen: Screen, now: datetime) -> str:
    if not screen.session_key or screen.until is None or now >= screen.until:
        return "waiting"
    return "on" if screen.seen_at and now - screen.seen_at < QUIET else "quiet"


def get_screen(reach: Reach, pk: int) -> Screen:
    """NotFound where this person keeps none like that."""
    rows = Screen.objects.kept().filter(reach.filter("screen.manage", field="unit__path"))
    found = rows.select_related("unit").filter(pk=pk).first()
    if found is None:
        raise not_found()
    return found
