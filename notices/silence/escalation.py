"""Taking the steps that follow silence: due and not done? Any number of processes may run it.

Each step is taken in a transaction of its own that holds the callout: two engines take it once, a restart in
between takes it again from the start, and who has answered meanwhile is left in peace.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from common.alone import Loop
from common.failpoints import crash_point
from journal.keys import key
from journal.record import record
from notices.actions import queue_notices
from notices.choices import ALERT, Answer, Channel, Do, State
from notices.models import Callout, EscalationStep, Notice
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance import ending, validity
from notices.rules import Escalation, StepLine, outcome_of_step
from notices.sending.message_templates import Message
from notices.silence import callouts, next_contact

STILL_CHANNELS = (Channel.APP, Channel.SMS)
#: "Still on it?" is answered within so long, or the duty leader knows.
STILL_BREACH = timedelta(minutes=3)
#: Later than this, nobody was there to take it in time.
LATE = timedelta(seconds=60)
#: A step that failed is tried again after so long.
RETRY = timedelta(seconds=30)
STEPS = Loop("notices.escalation")
HEARD = (State.HEARD, State.ACKNOWLEDGED)


def take_due(now: datetime, limit: int = 100) -> int:
    """Take up to `limit` steps that are due, the oldest first. Returns how many."""
    due = EscalationStep.objects.filter(done_at__isnull=True, due_at__lte=now)
    ids = list(due.order_by("due_at", "callout_id", "number").values_list("id", flat=True)[:limit])
    for step_id in ids:
        _take_safely(step_id, now)
    return len(ids)


def _take_safely(step_id: int, now: datetime) -> None:
    """A step that fails is put off and stays a step; the others are taken."""
    try:
        take(step_id, now)
    except Exception as error:
        STEPS.put(step_id, error, now)
        EscalationStep.objects.filter(pk=step_id, done_at__isnull=True).update(
            due_at=now + RETRY, result=f"failed: {type(error).__name__}"
        )


@transaction.atomic
def take(step_id: int, now: datetime) -> None:
    callout_id = EscalationStep.objects.values_list("callout_id", flat=True).get(pk=step_id)
    callout = (
        Callout.objects.select_for_update(of=("self",))
        .select_related("recipient", "unit", "held_post__unit")
        .get(pk=callout_id)
    )
    step = EscalationStep.objects.get(pk=step_id)
    if step.done_at is not None or step.due_at > now:
        return
    if validity.not_needed([callout], now):
        ending.end_callout(callout, now)
        return
    not_needed = outcome_of_step(
        step.do,
        heard=_told(callout).filter(state__in=HEARD).exists(),
        answer=callout.answer,
        needs_each=callout.needs_each,
        others_answered=_others_come(callout),
        is_replaced=callout.stand_ins.exists(),
    )
    step.result = not_needed or _TAKE[Do(step.do)](callout, step, now)
    if not not_needed and step.due_at < now - LATE:
        _give_time_to_hear(callout, step, now)
    step.done_at = now
    step.save(update_fields=["done_at", "result"])
    crash_point("notices.before_step_commit")


def _give_time_to_hear(callout: Callout, step: EscalationStep, now: datetime) -> None:
    """After an outage everything is due at once: before the next person is told, this one has the plan's time.

    The duty leader does not wait: that it is late is what they have to know.
    """
    for later in callout.steps.filter(done_at__isnull=True, do=Do.NEXT_PERSON, after__gt=step.after):
        later.due_at = max(later.due_at, now + (later.after - step.after))
        later.save(update_fields=["due_at"])


def _told(callout: Callout) -> QuerySet[Notice]:
    return Notice.objects.filter(
        recipient=callout.recipient_id, subject=callout.subject, purpose=callout.purpose
    )


def _others_come(callout: Callout) -> bool:
    same = Callout.objects.filter(subject=callout.subject, purpose=callout.purpose, answer=Answer.COMING)
    return same.exclude(pk=callout.pk).exists()


# --- the steps ---------------------------------------------------------------------------------------------


def _second_channel(callout: Callout, step: EscalationStep, now: datetime) -> str:
    used = set(_told(callout).values_list("channel", flat=True))
    fresh = [channel for channel in step.channels if channel not in used]
    count = _tell(callout, [_as_recipient(callout)], fresh, now, insists=True)
    return f"queued {count}" if count else "no other channel"


def _next_person(callout: Callout, step: EscalationStep, now: datetime) -> str:
    """Tell whoever comes next, with the plan's steps from the beginning. Nobody left: the duty leader knows now."""
    callout = _first_asked(callout)
    same = Callout.objects.filter(subject=callout.subject, purpose=callout.purpose)
    told = set(same.values_list("recipient_id", flat=True))
    one = next_contact.next_person(callout, told, now)
    _mark_escalated(callout, now)
    if one is None:
        if not callouts.hasten_steps(callout, Do.BREACH, now) and callout.breached_at is None:
            _breach(callout, step, now)
        return "nobody left"
    recipient = Recipient(one.person, one.post.title, one.post.pk)
    _tell(callout, [recipient], _channels_of(callout), now, escalation=_same_again(callout))
    same.filter(recipient=one.person).update(stands_in_for=callout)
    _record("notice.escalated", callout, now, {"post": callout.post, "next": one.post.title})
    return f"told {one.post.title}"[:200]


def _breach(callout: Callout, step: EscalationStep, now: datetime) -> str:
    """The duty leader sees who has not heard; the telephone rings once per subject, not once per deaf person."""
    callout.breached_at = now
    callout.save(update_fields=["breached_at"])
    _mark_escalated(callout, now)
    _record("notice.unheard", callout, now, {"post": callout.post, "level": callout.level})
    leaders = [
        Recipient(one.person, one.post.title, one.post.pk) for one in next_contact.duty_leaders(callout, now)
    ]
    facts = {
        "post": callout.post or str(callout.recipient),
        "person": str(callout.recipient),
        "about": _about(callout),
    }
    for channel, purpose in (
        (Channel.APP, f"notice.unheard.{callout.pk}"),
        (Channel.SMS, "notice.unheard"),
    ):
        queue_notices(
            _occasion(callout, purpose=purpose),
            Message(wording="notice.unheard", facts=facts),
            recipients=leaders,
            channels=[channel],
            priority=ALERT,
            now=now,
        )
    return f"told {leaders[0].post_title}"[:200] if leaders else "nobody to tell"


def _still_on_it(callout: Callout, step: EscalationStep, now: datetime) -> str:
    """Ask who said they come, if the thing is not over and nothing has been heard of them since."""
    if callout.answer != Answer.COMING:
        return "not coming"
    if callout.still_after and next_contact.has_acted(callout, now - callout.still_after):
        callouts.ask_again_later(callout, now)
        return "active"
    purpose = f"{_first_purpose(callout)}.still{step.number}"
    queue_notices(
        _occasion(callout, purpose=purpose[:60]),
        Message(wording="notice.still", facts={"about": _about(callout)}),
        recipients=[_as_recipient(callout)],
        channels=STILL_CHANNELS,
        escalation=Escalation(
            steps=(StepLine(STILL_BREACH, Do.NEXT_PERSON), StepLine(STILL_BREACH, Do.BREACH)),
            needs_each=True,
            still_after=callout.still_after,
            still_times=callout.still_left,
            level=callout.level,
        ),
        priority=ALERT,
        now=now,
    )
    return "asked"


_TAKE: dict[Do, Callable[[Callout, EscalationStep, datetime], str]] = {
    Do.SECOND_CHANNEL: _second_channel,
    Do.NEXT_PERSON: _next_person,
    Do.BREACH: _breach,
    Do.STILL_ON_IT: _still_on_it,
}


def _first_purpose(callout: Callout) -> str:
    return callout.purpose.partition(".still")[0]


def _first_asked(callout: Callout) -> Callout:
    """Of somebody asked "still on it?": what they were first told. Whoever replaces them is told that."""
    if callout.purpose == _first_purpose(callout):
        return callout
    return (
        Callout.objects.select_for_update(of=("self",))
        .select_related("recipient", "unit", "held_post__unit")
        .get(recipient=callout.recipient_id, subject=callout.subject, purpose=_first_purpose(callout))
    )


# --- what they share ---------------------------------------------------------------------------------------


def _tell(
    callout: Callout, recipients: list[Recipient], channels: list[str], now: datetime, **more: Any
) -> int:
    return queue_notices(
        _occasion(callout, purpose=callout.purpose),
        Message.from_dict(callout.message),
        recipients=recipients,
        channels=channels,
        priority=ALERT,
        now=now,
        **more,
    )


def _occasion(callout: Callout, *, purpose: str) -> Occasion:
    return Occasion(purpose, callout.subject, callout.unit, callout.thread, callout.drill)


def _as_recipient(callout: Callout) -> Recipient:
    return Recipient(callout.recipient, callout.post, callout.held_post_id)


def _channels_of(callout: Callout) -> list[str]:
    """The channels everybody is told by, not the one that silence brought about, nor the chat beside a text message:
    whoever comes next has an id there, or has none."""
    found = list(
        dict.fromkeys(_told(callout).filter(insists=False).order_by("pk").values_list("channel", flat=True))
    )
    return [way for way in found if way != Channel.CHAT or Channel.SMS not in found]


def _same_again(callout: Callout) -> Escalation:
    """The same steps, counted from now."""
    lines = [
        StepLine(step.after, step.do, tuple(step.channels))
        for step in callout.steps.filter(number__lt=callouts.REPLACED).order_by("number")
    ]
    return Escalation(
        steps=tuple(lines),
        needs_each=callout.needs_each,
        still_after=callout.still_after,
        still_times=callout.still_left,
        level=callout.level,
    )


def _mark_escalated(callout: Callout, now: datetime) -> None:
    callout.escalated_at = callout.escalated_at or now
    callout.save(update_fields=["escalated_at"])
    silent = _told(callout).filter(state__in=[State.SENT, State.DELIVERED, State.FAILED])
    silent.update(state=State.ESCALATED, escalated_at=now)


def _about(callout: Callout) -> dict[str, str]:
    """What it was about, as the person was told it: the first line."""
    told = _told(callout).order_by("pk").first()
    if told is None:
        return {"zh": callout.subject, "en": callout.subject}
    return {
        "zh": told.text_zh.partition("\n")[0][:80],
        "en": (told.text_en or told.text_zh).partition("\n")[0][:80],
    }


def _record(kind: str, callout: Callout, now: datetime, content: dict) -> None:
    record(
        kind,
        subject=key("callout", callout.pk),
        thread=callout.thread,
        unit=callout.unit,
        actor=None,
        post=callout.post,
        at=now,
        level=callout.level,
        drill=callout.drill,
        content={"about": callout.subject, "purpose": callout.purpose, **content},
    )
