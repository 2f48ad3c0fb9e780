"""What is known about people's telephones, for grid, rosters and tests: a constant number of queries."""

from collections.abc import Iterable

from django.db.models import Max

from accounts.contacts.queries import verified
from accounts.models import User
from duty.comms_checks import rules
from duty.comms_checks.choices import CheckOutcome
from duty.comms_checks.models import CommsCheckAnswer
from notices.actions import usable_channels


def channels() -> list[str]:
    """The columns of the grid: screen and telephone always, groups and mail where they are set up here."""
    return [*rules.CHANNELS, *usable_channels(rules.BESIDE)]


def not_set_up() -> list[str]:
    return [channel for channel in rules.BESIDE if channel not in usable_channels(rules.BESIDE)]


def contacts_of(people: Iterable[User]) -> dict[int, rules.Contact]:
    """Person → what is known (three queries for any number of people)."""
    known = {person.pk: person for person in people}
    proved, silent = verified(known.values()), _silent(known)
    return {
        pk: rules.Contact(
            person.is_active,
            bool(person.phone),
            pk in proved,
            frozenset(silent.get(pk, ())),
            bool(person.email),
            bool(person.chat_id),
        )
        for pk, person in known.items()
    }


def _silent(people: Iterable[int]) -> dict[int, set[str]]:
    """Channels on which a person's latest ended test notice brought no answer."""
    ended = CommsCheckAnswer.objects.filter(person__in=list(people)).exclude(
        outcome__in=[CheckOutcome.ASKED, CheckOutcome.NOT_ASKED]
    )
    latest = ended.order_by().values("person", "channel").annotate(newest=Max("pk")).values("newest")
    found: dict[int, set[str]] = {}
    for answer in CommsCheckAnswer.objects.filter(
        pk__in=latest, outcome__in=[CheckOutcome.SILENT, CheckOutcome.FAILED]
    ).only("person_id", "channel"):
        found.setdefault(answer.person_id, set()).add(answer.channel)
    return found
