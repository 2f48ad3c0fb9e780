"""What leaves as one message: routine notices to one person, a backlog after an outage, people of one chat group.

Notices that leave together share a bundle number from then on: it is the key of every attempt, so a provider
shows the message once, and they come back together.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from notices.choices import BOTS
from notices.models import Notice
from notices.rules import BACKLOG, LANES

#: One message carries so many notices at most.
MOST = 50

Parcel = Sequence[Notice]


def mates_of(batch: Iterable[Notice], waiting: QuerySet[Notice], now: datetime) -> QuerySet[Notice]:
    """What else is waiting that leaves with these: their own bundle, the same person, the same group."""
    condition = Q(pk__in=[])
    bundled = {notice.bundle for notice in batch if notice.bundle}
    if bundled:
        condition |= Q(bundle__in=bundled)
    fresh = Q(bundle__isnull=True, attempts=0)
    for notice in batch:
        if notice.bundle or notice.attempts > 1:
            continue
        if notice.channel in BOTS:
            condition |= fresh & Q(channel=notice.channel, subject=notice.subject, purpose=notice.purpose)
        elif _may_join(notice, now):
            to_one = fresh & Q(channel=notice.channel, recipient=notice.recipient_id)
            condition |= to_one & (Q(priority__in=_BUNDLED) | Q(queued_at__lte=now - BACKLOG))
    return waiting.filter(condition).order_by("priority", "queued_at", "id")


def tie(batch: list[Notice], now: datetime) -> None:
    """Give those that leave together for the first time their number. The caller holds the rows."""
    for group in _groups(batch, now).values():
        if len(group) < 2 or group[0].bundle:
            continue
        number = uuid.uuid4()
        for notice in group:
            notice.bundle = number
        Notice.objects.filter(pk__in=[notice.pk for notice in group]).update(bundle=number)


def parcels(notices: Iterable[Notice]) -> list[Parcel]:
    """The messages these notices make."""
    found: dict[object, list[Notice]] = {}
    for notice in notices:
        found.setdefault(notice.bundle or notice.key, []).append(notice)
    return list(found.values())


_BUNDLED = [lane for lane, rule in LANES.items() if rule.bundles]


def _may_join(notice: Notice, now: datetime) -> bool:
    return notice.priority in _BUNDLED or notice.queued_at <= now - BACKLOG


def _groups(batch: Iterable[Notice], now: datetime) -> dict[object, list[Notice]]:
    found: dict[object, list[Notice]] = {}
    for notice in batch:
        found.setdefault(_group_of(notice, now), []).append(notice)
    return found


def _group_of(notice: Notice, now: datetime) -> object:
    if notice.bundle:
        return notice.bundle
    if notice.attempts > 1:
        # Somebody may have taken it under its own key.
        return notice.key
    if notice.channel in BOTS:
        return (notice.channel, notice.subject, notice.purpose)
    return (notice.channel, notice.recipient_id) if _may_join(notice, now) else notice.key
