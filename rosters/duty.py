"""The roster, for the rooms below: which of these posts have one at a moment, and whose turn it is by it."""

from datetime import datetime

from rosters.models import Shift


def rostered(posts: set[int], now: datetime) -> dict[int, list[list[int]]]:
    """Post → its shifts at that moment, each with who has the turn, the first one first. One query."""
    found: dict[int, list[list[int]]] = {}
    for shift in Shift.objects.at(now).filter(post_id__in=posts).order_by("post_id", "starts_at", "pk"):
        found.setdefault(shift.post_id, []).append(shift.in_turn(now))
    return found
