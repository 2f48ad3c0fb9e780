"""Many reasons at once: the same thing said to thousands of units, with one insert per few hundred rows."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from accounts.models import Unit
from notices.actions import (
    bundle_wait,
    is_chat_beside,
    is_text_held,
    new_notice,
    text_held_until,
    usable_channels,
    ways_to,
)
from notices.choices import Channel
from notices.models import Notice
from notices.recipients import Recipient
from notices.relevance import validity
from notices.rules import first_moment, quiet_hours
from notices.sending.message_templates import Message, render


class Note(NamedTuple):
    """One reason: whom to tell, about what, in which words."""

    recipients: Sequence[Recipient]
    subject: str
    unit: Unit
    message: Message


def queue_many(
    notes: Iterable[Note],
    *,
    channels: Iterable[str],
    purpose: str,
    thread: str,
    priority: int,
    expires_at: datetime,
    now: datetime,
) -> int:
    """Like `actions.queue`, for many subjects: one row per note, recipient and channel, in the caller's transaction.

    What could only leave after `expires_at` (it waits for the morning) is not written: it stands on the screen, and
    nobody counts as told. Returns how many people were told, each counted once per note.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            f"notices of {purpose} were queued outside a transaction"
        )
    validity.check_known(purpose)
    leaves_at = first_moment(priority, now, bundle_wait(), quiet_hours(settings.NOTICE_QUIET_HOURS))
    channels = list(channels)
    ways = [way for way in usable_channels(channels) if way == Channel.APP or leaves_at < expires_at]
    is_too_late = len(ways) < len(usable_channels(channels))
    in_chat = is_chat_beside(channels, priority) and leaves_at < expires_at
    said_by = [*ways, Channel.CHAT] if in_chat else ways
    held_until = text_held_until(leaves_at, None, expires_at)
    rows, told = [], 0
    for note in notes:
        texts = {way: render(note.message, way) for way in said_by}
        told += 0 if is_too_late else len(note.recipients)
        rows += [
            new_notice(
                recipient,
                way,
                texts[way],
                subject=note.subject,
                purpose=purpose,
                thread=thread,
                unit=note.unit,
                unit_path=note.unit.path,
                priority=priority,
                visible_at=held_until
                if is_text_held(recipient, way, priority, in_chat=in_chat)
                else leaves_at,
                queued_at=now,
                expires_at=expires_at,
            )
            for recipient in note.recipients
            for way in ways_to(recipient, ways, in_chat=in_chat)
        ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return told
