"""Who answers for a post now: by the roster where there is one, else whoever holds it.

The rosters live in a room above, which registers how to read them: nobody off duty is to be called, and the
rooms that call people lie below.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.db.models import Q

from accounts.choices import PostKind
from accounts.models import Appointment, Post, User
from common.hooks import Hook

#: post ids, moment → of the posts that have a roster at that moment, each shift's people in the order of the turn.
Roster = Callable[[set[int], datetime], dict[int, list[list[int]]]]

#: Kinds of posts that go round; asking about others costs nothing.
ROSTERED = (PostKind.DUTY_LEADER, PostKind.DUTY_OFFICER, PostKind.RECEIVING_LEADER, PostKind.SQUAD)

ROSTERS: Hook[Roster] = Hook()

#: An appointment, or accounts.queries.Holder: anything with `person` and `post`.
Held = TypeVar("Held", bound=Any)


class Answering(NamedTuple):
    person: User
    post: Post


def answering(held: Iterable[Appointment], now: datetime) -> list[Answering]:
    """The people behind these appointments who are on duty: a post with a roster is answered by whom it names.

    `held` has its posts and people loaded and keeps its order. One query more per registered roster, and one
    where a roster names somebody who is not among `held`.
    """
    rows = list(held)
    holders = {(row.post_id, row.person_id): row.person for row in rows}
    rostered = _on_roster({row.post_id for row in rows}, holders, now)
    found: list[Answering] = []
    seen: set[int] = set()
    for row in rows:
        if row.post_id not in rostered:
            found.append(Answering(row.person, row.post))
        elif row.post_id not in seen:
            seen.add(row.post_id)
            found += [Answering(person, row.post) for person in rostered[row.post_id] if person.is_active]
    return found


def meant(held: Iterable[Held], now: datetime) -> list[Held]:
    """Of these holders of posts (appointments, or queries.Holder) those whose turn it is; the order stays.

    All of a post's where it has no roster, or none of those it names is among them: whom to ask first, while
    everybody who holds the post may act. No query where no post is one that goes round.
    """
    rows = list(held)
    holders = {(row.post.pk, row.person.pk): row.person for row in rows}
    rostered = _on_roster({row.post.pk for row in rows if row.post.kind in ROSTERED}, holders, now)
    turns = {post: {person.pk for person in people} for post, people in rostered.items()}
    present = {row.post.pk for row in rows if row.person.pk in turns.get(row.post.pk, ())}
    return [row for row in rows if row.post.pk not in present or row.person.pk in turns[row.post.pk]]


def still_answering(pairs: set[tuple[int, int]], now: datetime) -> set[tuple[int, int]]:
    """Of these (person, post): who still answers for the post, by roster or appointment."""
    if not pairs:
        return set()
    posts = {post for _person, post in pairs}
    holders = _holders(Q(post__in=posts), now)
    rostered = _on_roster(posts, holders, now)
    by_roster = {
        (person.pk, post) for post, people in rostered.items() for person in people if person.is_active
    }
    by_post = {(person, post) for post, person in holders if post not in rostered}
    return pairs & (by_roster | by_post)


def _on_roster(posts: set[int], holders: dict[tuple[int, int], User], now: datetime) -> dict[int, list[User]]:
    """Post → who has the turn. `holders`: (post, person) known to hold a post now.

    Who is rostered and has left the post does not count: the stand-in does, and where nobody is left the post
    is as one without a roster, so that everybody who holds it is meant and nobody's call is lost.
    """
    turns: dict[int, list[list[int]]] = {}
    for roster in ROSTERS if posts else ():
        turns |= roster(posts, now)
    if (
        unknown := {(post, pk) for post, shifts in turns.items() for order in shifts for pk in order[:1]}
        - holders.keys()
    ):
        left = Q(post__in={post for post, _pk in unknown})
        holders = holders | _holders(left, now)
    found: dict[int, list[User]] = {}
    for post, shifts in turns.items():
        for order in shifts:
            person = next((holders[post, pk] for pk in order if (post, pk) in holders), None)
            if person is not None and person not in found.get(post, ()):
                found.setdefault(post, []).append(person)
    return found


def _holders(condition: Q, now: datetime) -> dict[tuple[int, int], User]:
    held = Appointment.objects.current(now).filter(condition).select_related("person")
    return {(row.post_id, row.person_id): row.person for row in held}
