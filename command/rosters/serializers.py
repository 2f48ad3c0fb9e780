"""What goes back over the API."""

from command.rosters.models import Shift
from command.rosters.queries import OnDuty


def duty(found: OnDuty) -> dict:
    """Who answers for a post. No telephone number: the directory gives those to whom may see them."""
    shift = found.shift
    return {
        "unit": found.post.unit.code,
        "post": found.post.title,
        "tier": found.post.kind,
        "squad": found.post.squad,
        "username": found.person.username,
        "name": str(found.person),
        "since": found.since,
        "until": found.until,
        "by": found.by,
        "confirmed_at": shift.confirmed_at if shift and found.by == "roster" else None,
    }


def line(shift: Shift) -> dict:
    return {
        "id": shift.pk,
        "post": shift.post.title,
        "tier": shift.post.kind,
        "squad": shift.post.squad,
        "username": shift.person.username,
        "name": str(shift.person),
        "stand_in": shift.stand_in.username if shift.stand_in else None,
        "from": shift.starts_at,
        "to": shift.ends_at,
        "night": shift.is_night,
        "off_day": shift.is_off_day,
        "confirmed_at": shift.confirmed_at,
    }
