"""Calendar feeds (RFC 5545) of one person's duties or a unit's, for a telephone that knows no session.

The key is random, can be taken back at any time, and only its hash is stored. A feed holds no telephone number.
A duty that is taken away stays in the feed as cancelled, so that no calendar keeps a ghost.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.scope import Reach, reach_of
from common.dates.local_time import LOCAL
from common.errors import NotAllowed
from journal.keys import key
from journal.record import record
from rosters import permissions
from rosters.models import FeedKey, Shift

#: What is past for longer stays out of the feed.
BACK = timedelta(days=31)
MOST = 2000


@transaction.atomic
def issue(*, reach: Reach, unit: Unit | None, now: datetime) -> str:
    """Make a key for one's own duties, or a unit's, and return it: it is shown once. The former one ends."""
    if unit is not None:
        permissions.check_can_view(reach, unit)
    _close(reach.user, unit, now)
    token = secrets.token_urlsafe(24)
    made = FeedKey.objects.create(owner=reach.user, unit=unit, hash=_hash(token), created_at=now)
    record(
        "feed.issued",
        subject=key("user", reach.user.pk),
        unit=unit,
        actor=reach.user,
        at=now,
        content={"feed": made.pk},
    )
    return token


@transaction.atomic
def revoke(*, reach: Reach, feed_id: int, now: datetime) -> int:
    """Take one's own key back; calendars that hold it are refused from now on."""
    ended = FeedKey.objects.filter(pk=feed_id, owner=reach.user, revoked_at__isnull=True).update(
        revoked_at=now
    )
    if ended:
        subject = key("user", reach.user.pk)
        record("feed.revoked", subject=subject, actor=reach.user, at=now, content={"feed": feed_id})
    return ended


def _close(owner: User, unit: Unit | None, now: datetime) -> None:
    FeedKey.objects.filter(owner=owner, unit=unit, revoked_at__isnull=True).update(revoked_at=now)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def owner_of(token: str, *, unit: Unit | None, username: str = "", now: datetime) -> User:
    """Whose key this is. Raises NotAllowed unless it is in force, for this feed, and its owner may still see it."""
    found = FeedKey.objects.select_related("owner").filter(hash=_hash(token), revoked_at__isnull=True).first()
    good = found is not None and found.owner.is_active and found.unit_id == (unit.pk if unit else None)
    if good and unit is not None:
        good = reach_of(found.owner, now).holds("roster.view", unit.path)
    if good and unit is None:
        good = found.owner.username == username
    if not good:
        raise NotAllowed(
            "feed_closed",
            _(
                "The calendar was not sent: its address is not valid any more. Open a new feed on the page of your duties."
            ),
        )
    return found.owner


def calendar_of(shifts: Iterable[Shift], *, name: str, with_names: bool, now: datetime) -> bytes:
    """An iCalendar object. Times in Asia/Shanghai with their VTIMEZONE; a duty over midnight is one event."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//incident-command//rosters//CN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    for shift in shifts:
        calendar.add_component(_event(shift, with_names, now))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _event(shift: Shift, with_names: bool, now: datetime):
    from icalendar import Event

    event = Event()
    event.add("uid", f"shift-{shift.pk}@incident-command")
    event.add("dtstamp", (shift.changed_at or now).astimezone(LOCAL))
    event.add("dtstart", shift.starts_at.astimezone(LOCAL))
    event.add("dtend", shift.ends_at.astimezone(LOCAL))
    event.add("sequence", shift.rev)
    event.add("summary", f"{shift.post} {shift.person}" if with_names else str(shift.post))
    event.add("location", str(shift.post.unit))
    event.add("class", "CONFIDENTIAL")
    event.add("status", "CONFIRMED" if shift.in_force else "CANCELLED")
    return event


def shifts_for(*, person: User | None, unit: Unit | None, now: datetime):
    """What a feed shows: published duties, and those that were and are not any more."""
    rows = Shift.objects.filter(starts_at__gt=now - BACK).exclude(in_force=False, ended_early_at__isnull=True)
    rows = rows.filter(person=person) if person else rows.filter(post__unit=unit)
    return rows.for_lists()[:MOST]


def open_keys(person: User) -> list[FeedKey]:
    return list(
        FeedKey.objects.filter(owner=person, revoked_at__isnull=True).select_related("unit").order_by("pk")
    )
