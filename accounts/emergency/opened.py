"""What is opened to whom: read together with the posts, so that it costs nothing where nothing is."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from accounts.emergency.models import EmergencyAccess, OpenedThing


class Opened(NamedTuple):
    """One thing that is open to somebody past their posts, and until when."""

    access_id: int
    subject: str
    number: str
    until: datetime


def has_emergency_access(person: str, now: datetime) -> Exists:
    """For a row of appointments: whether anything is open to this person past their posts."""
    return Exists(EmergencyAccess.objects.standing(now).filter(person=OuterRef(person)))


def opened_to(people: Collection[int], now: datetime) -> dict[int, list[Opened]]:
    """By primary key of the person (one query)."""
    rows = OpenedThing.objects.filter(
        access__in=EmergencyAccess.objects.standing(now).filter(person__in=people)
    ).order_by("access_id", "pk")
    found: dict[int, list[Opened]] = {}
    for person, *opened in rows.values_list(
        "access__person_id", "access_id", "subject", "number", "access__until"
    ):
        found.setdefault(person, []).append(Opened(*opened))
    return found


def ends_of(people: Collection, now: datetime) -> QuerySet:
    """Rows of person, until, until: when time alone will close it again."""
    rows = EmergencyAccess.objects.standing(now).filter(person__in=people)
    return rows.values_list("person_id", "until", "until")
