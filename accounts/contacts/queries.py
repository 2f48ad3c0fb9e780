"""Whose number is verified, and who cannot be rung?"""

from collections.abc import Iterable

from django.conf import settings

from accounts.contacts.actions import marks_of
from accounts.contacts.models import VerifiedNumber
from accounts.contacts.rules import Contact, why_unreachable
from accounts.models import User


def verified(people: Iterable[User]) -> dict[int, VerifiedNumber]:
    """Person → the proof for the number they have now (one query for any number of people)."""
    marks = {person.pk: set(marks_of(person.phone)) for person in people if person.phone}
    rows = VerifiedNumber.objects.filter(person__in=marks).order_by("at")
    return {row.person_id: row for row in rows if row.mark in marks[row.person_id]}


def has_gateway() -> bool:
    return bool(settings.NOTICE_GATEWAY_URL)


def unreachable(people: Iterable[User]) -> dict[int, str]:
    """Person → why nobody could ring them; people who can be rung are left out (one query for any number)."""
    known = {person.pk: person for person in people}
    proved, gateway = verified(known.values()), has_gateway()
    lacks = {
        pk: why_unreachable(Contact(person.is_active, bool(person.phone), pk in proved), has_gateway=gateway)
        for pk, person in known.items()
    }
    return {pk: lack for pk, lack in lacks.items() if lack}
