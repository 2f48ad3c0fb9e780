"""Does this number reach this person? A test notice asks for an answer within a window; the result is a list.

A room that wants a number tested (a shift that begins, the monthly round) calls `queue_test` inside its own
transaction and reads `results` later. The subject is its own ("shift:12"), so that its results are found.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Unit, User
from common.dates.local_time import LOCAL
from notices.actions import queue_notices
from notices.choices import TEST, Channel, State
from notices.models import Notice
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.sending.message_templates import Message

PURPOSE = "test.number"


def queue_test(
    *,
    recipients: Iterable[Recipient],
    channels: Iterable[str],
    subject: str,
    unit: Unit | None,
    now: datetime,
    answer_by: datetime,
    drill: bool = False,
) -> int:
    """Send each of these people a test notice on each channel; returns how many rows were written.

    One test per person, channel and subject, however often it is asked for. It goes out at once, behind
    warnings and orders, at any hour. Zero rows for text messages and calls mean that no gateway is configured.
    Not sent by `answer_by`, it is not sent any more.
    """
    channels = list(channels)
    text = _text_in_chat if channels == [Channel.CHAT] else _text
    return queue_notices(
        Occasion(PURPOSE, subject, unit, drill=drill),
        Message(text("zh-hans", answer_by), text("en", answer_by)),
        recipients=recipients,
        channels=channels,
        priority=TEST,
        expires_at=answer_by,
        now=now,
    )


class Result(NamedTuple):
    person: User
    channel: str
    state: str
    #: When the person confirmed; None = not yet, or not at all.
    answered_at: datetime | None
    in_time: bool
    #: Why nothing arrived, where that is known.
    error: str


def results(subject: str) -> list[Result]:
    """What came of the tests of a subject, by person and channel (one query)."""
    rows = Notice.objects.filter(subject=subject, purpose=PURPOSE).select_related("recipient")
    return [
        Result(
            row.recipient,
            row.channel,
            row.state,
            row.acknowledged_at,
            is_in_time(row.acknowledged_at, row.expires_at),
            row.last_error if row.state == State.FAILED else "",
        )
        for row in rows.order_by("recipient_id", "channel")
    ]


def is_in_time(answered_at: datetime | None, answer_by: datetime | None) -> bool:
    """Exactly at the end of the window is still in time."""
    return answered_at is not None and (answer_by is None or answered_at <= answer_by)


def _text_in_chat(language: str, answer_by: datetime) -> str:
    """Nobody hears what is answered there."""
    with override(language):
        return _("Test of messages to you, nothing has happened. You need not answer.")


def _text(language: str, answer_by: datetime) -> str:
    with override(language):
        return _("Test of your number, nothing has happened. Confirm by %(time)s: reply 1 or press 1.") % {
            "time": f"{answer_by.astimezone(LOCAL):%H:%M}"
        }
