"""What happens to notices. They are queued inside the transaction of the act; nothing is sent from here."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from common.database.inserts import Rows
from common.errors import NotFound
from journal.keys import key
from journal.record import record
from notices.channels.routes import carriers
from notices.choices import ALERT, BOTS, BY_NUMBER, ON_SCREEN, ROUTINE, TEST, Answer, Channel, State
from notices.models import Callout, Notice
from notices.occasions import Letter, Occasion
from notices.recipients import Recipient
from notices.relevance import validity
from notices.rules import LANES, NOT_FOLLOWED_UP, Escalation, first_moment, further, quiet_hours
from notices.sending.message_templates import ONLY_BY_TEXT, Message, Rendered, render
from notices.silence import callouts

_NOTICES = Rows(Notice)

#: A voice call beside a text message waits so long: who has had the message by then is not called.
VOICE_AFTER = timedelta(seconds=60)


#: So long the text message of a routine notice waits for the chat message that stands in its place.
CHAT_FIRST = timedelta(minutes=5)

#: What must be heard and has not left for so long is telephoned.
UNSENT_AFTER = timedelta(minutes=2)

#: Ways that nothing more comes of.
_OVER = (State.FAILED, State.CANCELLED, State.ESCALATED)


def queue_notices(
    occasion: Occasion,
    message: Message,
    *,
    recipients: Iterable[Recipient],
    channels: Iterable[str],
    now: datetime,
    priority: int = ROUTINE,
    expires_at: datetime | None = None,
    escalation: Escalation = NOT_FOLLOWED_UP,
    insists: bool = False,
    needed_by: datetime | None = None,
) -> int:
    """Write one row per recipient and channel with one insert, in the caller's transaction; returns how many.

    Who should have been told is fixed here. The same person, channel, subject and purpose is one notice,
    however often it is asked for. Channels that are not set up are left out: without a gateway the call sheet
    does the telephoning. `priority` is the lane (notices.choices). `escalation` is what the plan wants done if
    nobody hears. `needed_by`: after that moment it is of no use; what would wait longer than that does not wait.
    """
    people = list(recipients)
    count = queue_many(
        [Letter(occasion, message, people)],
        channels=channels,
        now=now,
        priority=priority,
        expires_at=expires_at,
        insists=insists,
        needed_by=needed_by,
    )
    if escalation.steps:
        callouts.begin_callouts(occasion, message, people, escalation, now)
    return count


def queue_many(
    letters: Iterable[Letter],
    *,
    channels: Iterable[str],
    now: datetime,
    priority: int = ROUTINE,
    expires_at: datetime | None = None,
    insists: bool = False,
    needed_by: datetime | None = None,
) -> int:
    """`queue_notices` for many occasions at once, each with its own words and people: one insert for all."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("notices were queued outside a transaction")
    channels = list(channels)
    ways = usable_channels(channels)
    leaves_at = first_moment(
        priority, now, bundle_wait(), quiet_hours(settings.NOTICE_QUIET_HOURS), needed_by
    )
    has_chat = is_chat_beside(channels, priority)
    called_at = leaves_at + (VOICE_AFTER if Channel.SMS in ways else timedelta())
    held_until = text_held_until(leaves_at, needed_by, expires_at)

    def moment(recipient: Recipient, way: str, in_chat: bool) -> datetime:
        if is_text_held(recipient, way, priority, in_chat=in_chat):
            return held_until
        return called_at if way == Channel.VOICE else leaves_at

    rows = []
    for occasion, message, people in letters:
        validity.check_known(occasion.purpose)
        in_chat = has_chat and message.wording not in ONLY_BY_TEXT
        said_by = [*ways, Channel.CHAT] if in_chat else ways
        texts = {way: render(message, way, drill=occasion.drill) for way in said_by}
        columns = occasion.columns()
        rows += [
            new_notice(
                recipient,
                way,
                texts[way],
                visible_at=moment(recipient, way, in_chat),
                priority=priority,
                queued_at=now,
                expires_at=expires_at,
                insists=insists,
                **columns,
            )
            for recipient in people
            for way in ways_to(recipient, ways, in_chat=in_chat)
        ]
    _NOTICES.insert_all(rows, unless_there=True)
    return len(rows)


def usable_channels(channels: Iterable[str]) -> list[str]:
    """Those of the channels that are set up here, in their order."""
    return [Channel(channel) for channel in channels if _is_set_up(channel)]


def is_chat_beside(channels: Iterable[str], priority: int) -> bool:
    """Whether who has an id at the chat service of this installation is told there too, for the text message asked for.

    A test of a number is about that number; who asks for the chat itself has it already.
    """
    asked = set(channels)
    return (
        Channel.SMS in asked and Channel.CHAT not in asked and priority != TEST and _is_set_up(Channel.CHAT)
    )


def ways_to(recipient: Recipient, ways: Sequence[str], *, in_chat: bool) -> list[str]:
    """The ways, and the chat where it is beside the text message and this person has an id there."""
    return [*ways, Channel.CHAT] if in_chat and recipient.person.chat_id else list(ways)


def text_held_until(leaves_at: datetime, needed_by: datetime | None, expires_at: datetime | None) -> datetime:
    """When the text message of a routine notice leaves if the chat did not take it: before it is of no use."""
    ends = [end for end in (needed_by, expires_at) if end is not None]
    held = leaves_at + CHAT_FIRST
    return held if all(held < end for end in ends) else leaves_at


def is_text_held(recipient: Recipient, way: str, priority: int, *, in_chat: bool) -> bool:
    """Whether this text message waits for the chat: a routine one, to somebody who has an id there."""
    return way == Channel.SMS and priority == ROUTINE and in_chat and bool(recipient.person.chat_id)


def _is_set_up(channel: str) -> bool:
    if channel == Channel.CHAT:
        return bool(settings.NOTICE_CHAT_PROVIDER)
    if channel in BY_NUMBER:
        return bool(carriers(channel))
    if channel in BOTS:
        return bool(settings.NOTICE_BOTS.get(channel))
    if channel == Channel.EMAIL:
        return bool(settings.EMAIL_HOST)
    return channel == Channel.APP


def bundle_wait() -> timedelta:
    return timedelta(seconds=settings.NOTICE_BUNDLE_SECONDS)


def new_notice(
    recipient: Recipient, channel: str, text: Rendered, *, queued_at: datetime, **fields: Any
) -> Notice:
    """A notice on screen needs nobody to send it: it is sent by being there."""
    is_app = channel == Channel.APP
    return Notice(
        dedupe=f"{fields['subject']}:{fields['purpose']}:{recipient.person.pk}:{channel}",
        recipient=recipient.person,
        post=recipient.post_title,
        held_post_id=recipient.post_id,
        channel=channel,
        text_zh=text.text_zh,
        text_en=text.text_en,
        wording=text.wording,
        facts=text.facts,
        queued_at=queued_at,
        state=State.SENT if is_app else State.QUEUED,
        sent_at=queued_at if is_app else None,
        **fields,
    )


@transaction.atomic
def mark_seen(*, person: User, now: datetime, ids: Iterable[int] | None = None) -> int:
    """Mark this person's notices on screen as delivered: an open screen of theirs shows them now.

    `ids`: those on that screen; None: all of them. Others' notices are left alone. Returns how many were new.
    """
    waiting = Notice.objects.select_for_update(of=("self",)).select_related("unit")
    waiting = waiting.filter(
        recipient=person, channel=Channel.APP, delivered_at__isnull=True, state__in=ON_SCREEN
    )
    if ids is not None:
        waiting = waiting.filter(pk__in=list(ids))
    rows = list(waiting.order_by("pk"))
    for notice in rows:
        notice.state, notice.delivered_at = further(notice.state, State.DELIVERED), now
        record_progress("notice.delivered", notice, now)
    Notice.objects.bulk_update(rows, ["state", "delivered_at"])
    return len(rows)


@transaction.atomic
def acknowledge_notice(*, notice_id: int, actor: User, now: datetime, answer: str = "") -> Notice:
    """The recipient confirms it, and says whether they come (`answer`, one of notices.choices.Answer).

    What is still waiting for the same person and reason is not sent any more, and their escalation stops;
    somebody else's goes on. Raises NotFound for somebody else's notice. Confirming twice changes nothing;
    another answer takes the place of the first.
    """
    known = Notice.objects.filter(pk=notice_id, recipient=actor).first()
    callout = callouts.lock_callout(known) if known else None
    notice = Notice.objects.select_for_update(of=("self",)).filter(pk=notice_id, recipient=actor).first()

    if notice is None:
        raise NotFound("not_found", _("Nothing was confirmed: there is no such notice for you."))
    answer = answer or _plain_answer(callout, notice)
    if notice.state == State.ACKNOWLEDGED and answer == notice.answer:
        return notice

    _acknowledge(notice, callout, answer, now)

    record_acknowledged(notice, actor, now)
    return notice


def confirm_by_reply(notice: Notice, callout: Callout | None, answer: str, at: datetime) -> None:
    """The recipient pressed or sent 1, 2 or 3. The caller holds the callout, then the row."""
    answer = answer if callout is not None else ""
    if notice.state == State.ACKNOWLEDGED and answer == notice.answer:
        return
    _acknowledge(notice, callout, answer, at)
    record_acknowledged(notice, notice.recipient, at)


def acknowledge_about(*, subject: str, actor: User, now: datetime) -> None:
    """Confirm what this person was told about a subject they have just acted on: acting is hearing."""
    told = Notice.objects.filter(recipient=actor, subject=subject, channel=Channel.APP, state__in=ON_SCREEN)
    for pk in list(told.order_by("pk").values_list("pk", flat=True)):
        acknowledge_notice(notice_id=pk, actor=actor, now=now)


def _plain_answer(callout: Callout | None, notice: Notice) -> str:
    """ "Got it" without more: they come, unless they have said otherwise already."""
    if callout is None:
        return ""
    return notice.answer or callout.answer or Answer.COMING


def _acknowledge(notice: Notice, callout: Callout | None, answer: str, now: datetime) -> None:
    if notice.state != State.ACKNOWLEDGED:
        notice.acknowledged_at = now
    notice.state, notice.answer = State.ACKNOWLEDGED, answer
    notice.save(update_fields=["state", "acknowledged_at", "answer"])
    twin_notices(notice).filter(state=State.QUEUED).update(
        state=State.CANCELLED, last_error="confirmed elsewhere"
    )
    if callout is None or callout.answer != answer:
        callouts.note_answer(callout, answer, now)


def record_acknowledged(notice: Notice, actor: User | None, now: datetime, together: int = 0) -> None:
    """`together`: how many were confirmed by the same act, where it was one for many."""
    content: dict[str, Any] = {
        "about": notice.subject,
        "purpose": notice.purpose,
        "channel": notice.channel,
    }
    if together > 1:
        content["together"] = together
    if notice.answer:
        content["answer"] = notice.answer
    _record("notice.acknowledged", notice, now, content, actor=actor, post=notice.post)


def record_by_hand(notice: Notice, actor: User, outcome: str, now: datetime) -> None:
    """Somebody else says how a telephone call to the recipient ended."""
    content = {
        "about": notice.subject,
        "purpose": notice.purpose,
        "channel": notice.channel,
        "post": notice.post,
    }
    kind = "notice.acknowledged" if notice.state == State.ACKNOWLEDGED else "notice.failed"
    _record(kind, notice, now, {**content, "answer": outcome, "by_hand": True}, actor=actor)


def record_call_taken(callout: Callout, actor: User, now: datetime) -> None:
    """Whose call it is from now on: said of the thing that somebody is to be told of."""
    record(
        "notice.call_taken",
        subject=callout.subject,
        thread=callout.thread,
        unit=callout.unit,
        actor=actor,
        at=now,
        drill=callout.drill,
        content={"purpose": callout.purpose, "post": callout.post},
    )


def record_progress(kind: str, notice: Notice, now: datetime) -> None:
    """An entry for how far an alarm or a warning got: the proof that somebody was told is the journal's."""
    if notice.priority == ALERT:
        _record(
            kind,
            notice,
            now,
            {
                "about": notice.subject,
                "purpose": notice.purpose,
                "channel": notice.channel,
                "post": notice.post,
            },
        )


def _record(
    kind: str, notice: Notice, now: datetime, content: dict, *, actor: User | None = None, post: str = ""
) -> None:
    record(
        kind,
        subject=key("notice", notice.pk),
        thread=notice.thread,
        unit=notice.unit,
        actor=actor,
        post=post,
        at=now,
        drill=notice.drill,
        content=content,
    )


def fail_notice(
    notice: Notice, error: str, now: datetime, *, callout: Callout | None = None, is_gone: bool = False
) -> None:
    """Nobody is to wait for this one any more: the next way is tried at once, and the journal says who was
    not told (the post, never the number). `is_gone`: not the number is wrong but the person, so the next one
    is told. The caller holds the callout, then the row."""
    notice.state, notice.last_error = State.FAILED, error[:200]
    if callout is not None and callout.escalated_at is not None:
        notice.state, notice.escalated_at = State.ESCALATED, now
    notice.save(update_fields=["state", "last_error", "escalated_at"])
    waiting = twin_notices(notice).filter(state=State.QUEUED, attempts=0)
    if notice.channel == Channel.CHAT:
        # It was there beside the text message: only that one need not wait for it any more.
        waiting = waiting.filter(channel=Channel.SMS)
    waiting.update(visible_at=now)
    is_last_way = not _others(notice).exists()
    if callout is None and is_last_way and not is_gone and _must_be_heard(notice):
        callouts.begin_by_hand(notice, now)
    if is_last_way or is_gone or notice.channel != Channel.CHAT:
        callouts.follow_up_failure(callout, now, is_gone=is_gone, is_last_way=is_last_way)
    content = {
        "about": notice.subject,
        "purpose": notice.purpose,
        "channel": notice.channel,
        "post": notice.post,
        "error": error[:200],
    }
    _record("notice.failed", notice, now, content)


def _others(notice: Notice) -> QuerySet[Notice]:
    """Other ways that may still reach this person. A chat message is none beside a text message: silence is followed up
    as if it had not been sent."""
    others = twin_notices(notice).exclude(channel=Channel.APP).exclude(state__in=_OVER)
    return others.exclude(channel=Channel.CHAT) if notice.channel in BY_NUMBER else others


def telephone_meanwhile(notice: Notice, now: datetime) -> None:
    """No provider has taken it for minutes. It is tried on, and where no plan says what follows, somebody telephones."""
    if (
        now - notice.queued_at >= UNSENT_AFTER
        and _must_be_heard(notice)
        and (notice.channel != Channel.CHAT or not _others(notice).exists())
        and callouts.lock_callout(notice) is None
    ):
        callouts.begin_by_hand(notice, now)


def _must_be_heard(notice: Notice) -> bool:
    """That somebody else did not hear is not telephoned after in its turn."""
    rule = LANES.get(notice.priority)
    return bool(rule and rule.must_be_heard) and not notice.purpose.startswith("notice.")


def twin_notices(notice: Notice) -> QuerySet[Notice]:
    """The other notices to the same person for the same reason."""
    return Notice.objects.filter(
        recipient=notice.recipient_id, subject=notice.subject, purpose=notice.purpose
    ).exclude(pk=notice.pk)
