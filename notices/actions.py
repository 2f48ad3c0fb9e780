"""What happens to notices. They are queued inside the transaction of the act; nothing is sent from here."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from common.errors import NotFound
from journal.record import key, record
from notices.choices import ROUTINE, Channel, State
from notices.models import Notice

#: A voice call beside a text message waits so long: who has had the message by then is not called.
VOICE_AFTER = timedelta(seconds=60)


class Recipient(NamedTuple):
    person: User
    #: The post in whose name the person is told.
    post_title: str


def queue(
    *,
    recipients: Iterable[Recipient],
    channels: Iterable[str],
    purpose: str,
    subject: str,
    unit: Unit | None,
    text_zh: str,
    now: datetime,
    thread: str = "",
    text_en: str = "",
    priority: int = ROUTINE,
    expires_at: datetime | None = None,
    drill: bool = False,
) -> int:
    """Write one row per recipient and channel with one insert, in the caller's transaction; returns how many.

    Who should have been told is fixed here. The same person, channel, subject and purpose is one notice,
    however often it is asked for. Without a gateway there are no text messages and calls to queue: the
    call sheet does the telephoning.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            f"notices of {purpose} were queued outside a transaction"
        )
    ways = _usable(channels)
    rows = [
        _new_notice(
            recipient,
            channel,
            visible_at=now
            + (VOICE_AFTER if channel == Channel.VOICE and Channel.SMS in ways else timedelta()),
            purpose=purpose,
            subject=subject,
            thread=thread or subject,
            unit=unit,
            unit_path=unit.path if unit else "",
            text_zh=text_zh,
            text_en=text_en,
            priority=priority,
            queued_at=now,
            expires_at=expires_at,
            drill=drill,
        )
        for recipient in recipients
        for channel in ways
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)


def _usable(channels: Iterable[str]) -> list[str]:
    has_gateway = bool(settings.NOTICE_GATEWAY_URL)
    return [Channel(channel) for channel in channels if channel == Channel.APP or has_gateway]


def _new_notice(recipient: Recipient, channel: str, *, queued_at: datetime, **fields: Any) -> Notice:
    """A notice on screen needs nobody to send it: it is sent by being there."""
    is_app = channel == Channel.APP
    return Notice(
        dedupe=f"{fields['subject']}:{fields['purpose']}:{recipient.person.pk}:{channel}",
        recipient=recipient.person,
        post=recipient.post_title,
        channel=channel,
        queued_at=queued_at,
        state=State.SENT if is_app else State.QUEUED,
        sent_at=queued_at if is_app else None,
        **fields,
    )


def mark_seen(*, person: User, now: datetime) -> int:
    """Mark this person's notices on screen as delivered: an open screen of theirs has just fetched them."""
    waiting = Notice.objects.filter(recipient=person, channel=Channel.APP, state=State.SENT)
    return waiting.update(state=State.DELIVERED, delivered_at=now)


@transaction.atomic
def acknowledge(*, notice_id: int, actor: User, now: datetime) -> Notice:
    """The recipient confirms it; what is still waiting for the same person and reason is not sent any more.

    Raises NotFound for somebody else's notice. Confirming twice changes nothing.
    """
    notice = Notice.objects.select_for_update(of=("self",)).filter(pk=notice_id, recipient=actor).first()

    if notice is None:
        raise NotFound("not_found", _("Nothing was confirmed: there is no such notice for you."))
    if notice.state == State.ACKNOWLEDGED:
        return notice

    _acknowledge(notice, now)

    _record_acknowledged(notice, actor, now)
    return notice


def confirm_by_reply(notice: Notice, at: datetime) -> None:
    """The recipient pressed or answered 1. The caller holds the row."""
    _acknowledge(notice, at)
    _record_acknowledged(notice, notice.recipient, at)


def acknowledge_about(*, subject: str, actor: User, now: datetime) -> None:
    """Confirm what this person was told about a subject they have just acted on: acting is hearing."""
    told = Notice.objects.filter(
        recipient=actor, subject=subject, channel=Channel.APP, state__in=[State.SENT, State.DELIVERED]
    )
    for pk in list(told.values_list("pk", flat=True)):
        acknowledge(notice_id=pk, actor=actor, now=now)


def _acknowledge(notice: Notice, now: datetime) -> None:
    notice.state, notice.acknowledged_at = State.ACKNOWLEDGED, now
    notice.save(update_fields=["state", "acknowledged_at"])
    twins(notice).filter(state=State.QUEUED).update(state=State.CANCELLED, last_error="confirmed elsewhere")


def _record_acknowledged(notice: Notice, actor: User | None, now: datetime) -> None:
    record(
        "notice.acknowledged",
        subject=key("notice", notice.pk),
        thread=notice.thread,
        unit=notice.unit,
        actor=actor,
        post=notice.post,
        at=now,
        drill=notice.drill,
        content={"about": notice.subject, "purpose": notice.purpose, "channel": notice.channel},
    )


def fail(notice: Notice, error: str, now: datetime) -> None:
    """Nobody is to wait for this one any more: the next way is tried at once, and the journal says who was
    not told (the post, never the number). The caller holds the row."""
    notice.state, notice.last_error = State.FAILED, error[:200]
    notice.save(update_fields=["state", "last_error"])
    twins(notice).filter(state=State.QUEUED, attempts=0).update(visible_at=now)
    content = {
        "about": notice.subject,
        "purpose": notice.purpose,
        "channel": notice.channel,
        "post": notice.post,
        "error": error[:200],
    }
    record(
        "notice.failed",
        subject=key("notice", notice.pk),
        thread=notice.thread,
        unit=notice.unit,
        actor=None,
        at=now,
        drill=notice.drill,
        content=content,
    )


def twins(notice: Notice) -> QuerySet[Notice]:
    """The other notices to the same person for the same reason."""
    return Notice.objects.filter(
        recipient=notice.recipient_id, subject=notice.subject, purpose=notice.purpose
    ).exclude(pk=notice.pk)


def cancel_for_subject(*, subject: str, now: datetime, reason: str) -> int:
    """Take back what is not sent yet (a warning withdrawn, an order recalled). Returns how many."""
    waiting = Notice.objects.open().filter(subject=subject)
    return waiting.update(state=State.CANCELLED, last_error=reason[:200])


def take_back(*, subject: str, purpose: str, now: datetime, reason: str) -> int:
    """Take back a request that has been answered, from the screens too (a signature that somebody has given).

    `purpose` is the beginning of the purposes meant. What was confirmed or has failed stays as it is.
    """
    asked = Notice.objects.filter(subject=subject, purpose__startswith=purpose)
    on_screen = Q(channel=Channel.APP, state__in=[State.SENT, State.DELIVERED])
    return asked.filter(on_screen | Q(state=State.QUEUED)).update(
        state=State.CANCELLED, last_error=reason[:200]
    )
