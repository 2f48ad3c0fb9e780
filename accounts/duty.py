"""Who answers for a post now: by the roster where there is one, else whoever holds it.

The rosters live in a room above, which registers how to read them: nobody off duty is to be called, and the
rooms that call people lie below.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from accounts.choices import PostKind
from accounts.models import Appointment, Post, User

#: post ids, moment → the posts that have a roster at that moment and who is on duty by it.
Roster = Callable[[set[int], datetime], dict[int, list[User]]]

#: Kinds of posts that go round; asking about others costs nothing.
ROSTERED = (PostKind.DUTY_LEADER, PostKind.DUTY_OFFICER, PostKind.SQUAD)

_rosters: list[Roster] = []

#: An appointment, or accounts.queries.Holder: anything with `person` and `post`.
Held = TypeVar("Held", bound=Any)


def register(roster: Roster) -> None:
    """Let `roster` say who is on duty."""
    if roster not in _rosters:
        _rosters.append(roster)


class Answering(NamedTuple):
    person: User
    post: Post


def answering(held: Iterable[Appointment], now: datetime) -> list[Answering]:
    """The people behind these appointments who are on duty: a post with a roster is answered by whom it names.

    `held` has its posts and people loaded and keeps its order. One query more per registered roster.
    """
    rows = list(held)
    rostered = _on_roster({row.post_id for row in rows}, now)
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
    rostered = _on_roster({row.post.pk for row in rows if row.post.kind in ROSTERED}, now)
    turns = {post: {person.pk for person in people} for post, people in rostered.items()}
    present = {row.post.pk for row in rows if row.person.pk in turns.get(row.post.pk, ())}
    return [row for row in rows if row.post.pk not in present or row.person.pk in turns[row.post.pk]]


def still_answering(pairs: set[tuple[int, int]], now: datetime) -> set[tuple[int, int]]:
    """Of these (person, post): who still answers for the post, by roster or appointment."""
    if not pairs:
        return set()
    posts = {post for _person, post in pairs}
    rostered = _on_roster(posts, now)
    held = Appointment.objects.current(now).filter(post__in=posts)
    by_roster = {
        (person.pk, post) for post, people in rostered.items() for person in people if person.is_active
    }
    by_post = {pair for pair in held.values_list("person_id", "post_id") if pair[1] not in rostered}
    return pairs & (by_roster | by_post)


def _on_roster(posts: set[int], now: datetime) -> dict[int, list[User]]:
    found: dict[int, list[User]] = {}
    for roster in _rosters if posts else ():
        found |= roster(posts, now)
    return found
