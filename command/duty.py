"""The roster, for the rooms below: which of these posts have one at a moment, and who is on duty by it."""

from datetime import datetime

from accounts.models import Appointment, User
from command.models import Shift


def rostered(posts: set[int], now: datetime) -> dict[int, list[User]]:
    """Post → who has the turn; two queries at most, whatever the number of posts.

    Who is rostered and has left the post does not count: the stand-in does, and where nobody is left the post
    is as one without a roster, so that everybody who holds it is meant and nobody's call is lost.
    """
    shifts = list(Shift.objects.at(now).filter(post_id__in=posts).order_by("post_id", "starts_at", "pk"))
    if not shifts:
        return {}
    turns = [(shift.post_id, shift.in_turn(now)) for shift in shifts]
    held = Appointment.objects.current(now).filter(
        post__in={post for post, _turn in turns},
        person__in={person for _post, turn in turns for person in turn},
    )
    present = {(row.post_id, row.person_id): row.person for row in held.select_related("person")}
    found: dict[int, list[User]] = {}
    for post, turn in turns:
        person = next((present[post, pk] for pk in turn if (post, pk) in present), None)
        if person is not None and person not in found.get(post, ()):
            found.setdefault(post, []).append(person)
    return found
