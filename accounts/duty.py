"""Who answers for a post now: by the roster where there is one, else whoever holds it.

The rosters live in a room above, which registers how to read them: nobody off duty is to be called, and the
rooms that call people lie below.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from accounts.models import Appointment, Post, User

#: post ids, moment → the posts that have a roster at that moment and who is on duty by it.
Roster = Callable[[set[int], datetime], dict[int, list[User]]]

_rosters: list[Roster] = []


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
    for roster in _rosters:
        found |= roster(posts, now)
    return found
