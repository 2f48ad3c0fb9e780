"""Who is told on which device, found from the notices on screen: the act that tells somebody does not know of it."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from accounts.models import PushDevice
from accounts.push.queries import forgotten
from notices.choices import ON_SCREEN, Channel, PushKind, PushState
from notices.models import Notice, PushMessage
from notices.push.contents import told_of
from notices.push.rules import FRESH, KEPT_FOR, STANDING, is_taken_back


def queue_new(now: datetime) -> int:
    """One message for each device of whoever has something new on screen that asks of them. Returns how many."""
    fresh = Notice.objects.filter(
        told_of(),
        channel=Channel.APP,
        state__in=ON_SCREEN,
        queued_at__gt=now - FRESH,
        recipient__in=PushDevice.objects.values("person"),
    )
    waiting = list(fresh.order_by("pk").only("pk", "recipient_id", "queued_at"))
    if not waiting:
        return 0
    forgotten(now).delete()
    devices = PushDevice.objects.filter(person__in={one.recipient_id for one in waiting})
    told = PushMessage.objects.filter(notice__in=waiting, kind=PushKind.TELL)
    known = set(told.values_list("device", "notice"))
    rows = [
        PushMessage(
            device=device,
            notice=notice,
            queued_at=now,
            visible_at=now,
            expires_at=notice.queued_at + FRESH,
        )
        for notice in waiting
        for device in devices
        if device.person_id == notice.recipient_id
        and device.registered_at <= notice.queued_at
        and (device.pk, notice.pk) not in known
    ]
    if rows:
        PushMessage.objects.filter(queued_at__lte=now - KEPT_FOR).delete()
    PushMessage.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def queue_taken_back(now: datetime) -> int:
    """What was told and is over or confirmed is taken from the device, unless something newer of the same thing stands
    there. Returns how many."""
    taken = PushMessage.objects.filter(
        device=OuterRef("device"), notice=OuterRef("notice"), kind=PushKind.TAKE_BACK
    )
    newer = PushMessage.objects.filter(
        device=OuterRef("device"),
        kind=PushKind.TELL,
        state__in=[PushState.QUEUED, PushState.SENT],
        notice__thread=OuterRef("notice__thread"),
        notice__state__in=ON_SCREEN,
    )
    over = PushMessage.objects.filter(
        ~Exists(taken), ~Exists(newer), kind=PushKind.TELL, state=PushState.SENT, queued_at__gt=now - STANDING
    ).exclude(notice__state__in=ON_SCREEN)
    rows = [
        PushMessage(
            device=one.device,
            notice_id=one.notice_id,
            kind=PushKind.TAKE_BACK,
            queued_at=now,
            visible_at=now,
            expires_at=now + STANDING,
        )
        for one in over.select_related("device").order_by("pk")
        if is_taken_back(one.device.host)
    ]
    PushMessage.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
