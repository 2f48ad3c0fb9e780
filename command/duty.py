"""The roster, for the rooms below: which of these posts have one at a moment, and who is on duty by it."""

from datetime import datetime

from accounts.models import User
from command.models import Shift


def rostered(posts: set[int], now: datetime) -> dict[int, list[User]]:
    """One query, whatever the number of posts."""
    found: dict[int, list[User]] = {}
    shifts = Shift.objects.filter(post_id__in=posts, starts_at__lte=now, ends_at__gt=now)
    for shift in shifts.select_related("person").order_by("post_id", "starts_at", "pk"):
        found.setdefault(shift.post_id, []).append(shift.person)
    return found
