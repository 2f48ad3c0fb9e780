"""Is a notice still wanted at the moment it is to leave? Asked for a claimed batch at once, and where that raises,
for each alone: one row that nobody can judge keeps its neighbours from nothing.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count

from accounts.posts.duty import still_answering
from common.alone import is_of_the_row
from notices import rules
from notices.actions import twin_notices
from notices.choices import BY_NUMBER, ROUTINE, Channel, State
from notices.models import Attempt, Notice
from notices.relevance import validity
from notices.relevance.kept_from import WHY, shut_out_of
from notices.sending import before_sending

log = logging.getLogger(__name__)


class Verdict(NamedTuple):
    #: send · cancel (not true any more) · gone (not the number is wrong but the person) · fail (cannot be sent) ·
    #: raised (could not be judged)
    kind: str
    reason: str = ""


SEND = Verdict("send")

#: The chat service has taken it: what it stands in the place of is not sent.
_IN_CHAT = (State.SENT, State.DELIVERED, State.HEARD, State.ACKNOWLEDGED, State.ESCALATED)


def judge(batch: Sequence[Notice], now: datetime) -> dict[int, Verdict]:
    """Notice → what is to become of it."""
    pairs = {(one.recipient_id, one.held_post_id) for one in batch if one.held_post_id}
    on_duty = still_answering(pairs, now)
    over, raised = _asked(batch, lambda some: validity.not_needed(some, now))
    deaths = _deaths(batch)
    shut_out = shut_out_of(batch, now)

    def verdict(notice: Notice) -> Verdict:
        if reason := raised.get(notice.pk):
            return Verdict("raised", reason)
        if reason := over.get(notice.pk) or _not_needed(notice):
            return Verdict("cancel", reason)
        if (notice.recipient_id, notice.subject) in shut_out:
            return Verdict("cancel", WHY)
        if reason := _gone(notice, on_duty):
            return Verdict("gone", reason)
        reason = _impossible(notice, deaths.get(notice.pk, 0), now)
        return Verdict("fail", reason) if reason else SEND

    return {notice.pk: verdict(notice) for notice in batch}


def add_what_is_not_stored(batch: Sequence[Notice], now: datetime) -> None:
    """A reminder without its link is better than none."""
    _asked(batch, lambda some: before_sending.add_to(some, now))


def _asked(
    batch: Sequence[Notice], ask: Callable[[Sequence[Notice]], dict[int, str] | None]
) -> tuple[dict[int, str], dict[int, str]]:
    """What the rooms say, and for which notices they raised instead."""
    try:
        return ask(batch) or {}, {}
    except Exception as error:
        if not is_of_the_row(error):
            raise
    found: dict[int, str] = {}
    raised: dict[int, str] = {}
    for notice in batch:
        try:
            found |= ask([notice]) or {}
        except Exception as error:
            if not is_of_the_row(error):
                raise
            log.exception("notice %s (%s, %s) cannot be judged", notice.pk, notice.purpose, notice.subject)
            raised[notice.pk] = type(error).__name__
    return found, raised


def _deaths(batch: Sequence[Notice]) -> dict[int, int]:
    """How many attempts ended with nobody there to say so; asked only where there may be too many."""
    often = [notice.pk for notice in batch if notice.attempts > rules.MAX_DEATHS]
    if not often:
        return {}
    lost = Attempt.objects.filter(notice__in=often, ended_at__isnull=True)
    return dict(lost.values_list("notice").annotate(count=Count("pk")))


def _not_needed(notice: Notice) -> str:
    reached = [State.ACKNOWLEDGED]
    if notice.channel == Channel.VOICE:
        reached += [State.HEARD] if notice.insists else [State.DELIVERED, State.HEARD]
        others = twin_notices(notice).exclude(channel=Channel.APP)
        if others.filter(state__in=reached).exists():
            return "reached by text message"
    if _is_in_chat(notice):
        return "sent as a chat message"
    return "confirmed elsewhere" if twin_notices(notice).filter(state=State.ACKNOWLEDGED).exists() else ""


def _is_in_chat(notice: Notice) -> bool:
    """Whether a chat message stands in the place of this text message. One that cannot wait goes beside it."""
    if notice.channel != Channel.SMS or notice.priority != ROUTINE or not notice.recipient.chat_id:
        return False
    return twin_notices(notice).filter(channel=Channel.CHAT, state__in=_IN_CHAT).exists()


def _gone(notice: Notice, on_duty: set[tuple[int, int]]) -> str:
    if not notice.recipient.is_active:
        return "the account is closed"
    if notice.held_post_id and (notice.recipient_id, notice.held_post_id) not in on_duty:
        return "not on duty any more"
    return ""


def _impossible(notice: Notice, deaths: int, now: datetime) -> str:
    # The present attempt has not ended either.
    if deaths > rules.MAX_DEATHS:
        return f"given up after {rules.MAX_DEATHS} attempts"
    if notice.expires_at and notice.expires_at <= now:
        return "expired before it could be sent"
    if notice.channel in BY_NUMBER and not notice.recipient.phone:
        return "no telephone number"
    if notice.channel == Channel.CHAT and not notice.recipient.chat_id:
        return "no user id at the chat service"
    if notice.channel == Channel.EMAIL and not notice.recipient.email:
        return "no e-mail address"
    return ""
