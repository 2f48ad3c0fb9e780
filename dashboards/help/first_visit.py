"""The first time somebody holds a kind of post: three short things it does, on the start page, until they are put away."""

from typing import NamedTuple

from django.db import transaction

from accounts.models import User
from accounts.scope import Reach
from dashboards.boards.boards import start_of
from dashboards.help.cards import Card, First, cards_of


class FirstSteps(NamedTuple):
    card: Card
    steps: list[First]


def first_steps(reach: Reach, path: str) -> FirstSteps | None:
    """Those of the first role that this person has not put away, on their start page alone. No query: what was put away
    comes with the account."""
    if path != start_of(reach):
        return None
    card = next((card for card in cards_of(reach) if card.slug not in reach.user.cards_seen), None)
    return FirstSteps(card, card.first_of({post.kind for post in reach.posts})) if card else None


@transaction.atomic
def put_away(person: User, card: Card) -> None:
    """How a reader wants the page, like a theme: no entry in the journal. Twice is as good as once."""
    row = User.objects.select_for_update().only("pk", "cards_seen").get(pk=person.pk)
    if card.slug not in row.cards_seen:
        row.cards_seen = [*row.cards_seen, card.slug]
        row.save(update_fields=["cards_seen"])
