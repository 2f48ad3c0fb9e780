"""Whose number is verified?"""

from collections.abc import Iterable

from accounts.contacts.actions import marks_of
from accounts.contacts.models import VerifiedNumber
from accounts.models import User


def verified(people: Iterable[User]) -> dict[int, VerifiedNumber]:
    """Person → the proof for the number they have now (one query for any number of people)."""
    marks = {person.pk: set(marks_of(person.phone)) for person in people if person.phone}
    rows = VerifiedNumber.objects.filter(person__in=marks).order_by("at")
    return {row.person_id: row for row in rows if row.mark in marks[row.person_id]}
