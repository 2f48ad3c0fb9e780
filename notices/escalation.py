"""Taking the steps that follow silence: due and not done? Any number of processes may turn this wheel.

Each step is taken in a transaction of its own that holds the telling: two engines take it once, a restart in
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
from notices import callouts, ending, next_contact, validity
from notices.actions import queue
from notices.choices import ALERT, Answer, Channel, Do, State
from notices.message_templates import Message
from notices.models import Notice, Step, Telling
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.rules import Escalation, StepLine, outcome_of_step

STILL_CHANNELS = (Channel.APP, Channel.SMS)
#: "Still on it?" is answered within so long, or the duty leader knows.
STILL_BREACH = timedelta(minutes=3)
#: Later than this, nobody was there to take it in time.
LATE = timedelta(seconds=60)
#: A step that failed is tried again after so long.
RETRY = timedelta(seconds=30)
STEPS = Loop("notices.escalation")
HEARD = (State.HEARD, State.ACKNOWLEDGED)


def turn(now: datetime, limit: int = 100) -> int:
    """Take up to `limit` steps that are due, the oldest first. Returns how many."""
    due = Step.objects.filter(done_at__isnull=True, due_at__lte=now)
    ids = list(due.order_by("due_at", "telling_id", "number").values_list("id", flat=True)[:limit])
    for step_id in ids:
        _take_safely(step_id, now)
    return len(ids)


def _take_safely(step_id: int, now: datetime) -> None:
    """A step that fails is put off and stays a step; the others are taken."""
    try:
        take(step_id, now)
    except Exception as error:
        STEPS.put(step_id, error, now)
        Step.objects.filter(pk=step_id, done_at__isnull=True).update(
            due_at=now + RETRY, result=f"failed: {type(error).__name__}"
        )


@transaction.atomic
def take(step_id: int, now: datetime) -> None:
    telling_id = Step.objects.values_list("telling_id", flat=True).get(pk=step_id)
    telling = (
        Telling.objects.select_for_update(of=("self",))
        .select_related("recipient", "unit", "held_post__unit")
        .get(pk=telling_id)
    )
    step = Step.objects.get(pk=step_id)
    if step.done_at is not None or step.due_at > now:
        return
    if validity.not_needed([telling], now):
        ending.end_telling(telling, now)
        return
    not_needed = outcome_of_step(
        step.do,
        heard=_told(telling).filter(state__in=HEARD).exists(),
        answer=telling.answer,
        needs_each=telling.needs_each,
        others_answered=_others_come(telling),
        is_replaced=telling.stand_ins.exists(),
    )
    step.result = not_needed or _TAKE[Do(step.do)](telling, step, now)
    if not not_needed and step.due_at < now - LATE:
        _give_time_to_hear(telling, step, now)
    step.done_at = now
    step.save(update_fields=["done_at", "result"])
    crash_point("notices.before_step_commit")


def _give_time_to_hear(telling: Telling, step: Step, now: datetime) -> None:
    """After an outage everything is due at once: before the next person is told, this one has the plan's time.

    The duty leader does not wait: that it is late is what they have to know.
    """
    for later in telling.steps.filter(done_at__isnull=True, do=Do.NEXT_PERSON, after__gt=step.after):
        later.due_at = max(later.due_at, now + (later.after - step.after))
        later.save(update_fields=["due_at"])


def _told(telling: Telling) -> QuerySet[Notice]:
    return Notice.objects.filter(
        recipient=telling.recipient_id, subject=telling.subject, purpose=telling.purpose
    )


def _others_come(telling: Telling) -> bool:
    same = Telling.objects.filter(subject=telling.subject, purpose=telling.purpose, answer=Answer.COMING)
    return same.exclude(pk=telling.pk).exists()


# --- the steps ---------------------------------------------------------------------------------------------


def _second_channel(telling: Telling, step: Step, now: datetime) -> str:
    used = set(_told(telling).values_list("channel", flat=True))
    fresh = [channel for channel in step.channels if channel not in used]
    count = _tell(telling, [_as_recipient(telling)], fresh, now, insists=True)
    return f"queued {count}" if count else "no other channel"


def _next_person(telling: Telling, step: Step, now: datetime) -> str:
    """Tell whoever comes next, with the plan's steps from the beginning. Nobody left: the duty leader knows now."""
    telling = _first_asked(telling)
    same = Telling.objects.filter(subject=telling.subject, purpose=telling.purpose)
    told = set(same.values_list("recipient_id", flat=True))
    one = next_contact.next_person(telling, told, now)
    _mark_escalated(telling, now)
    if one is None:
        if not callouts.hasten(telling, Do.BREACH, now) and telling.breached_at is None:
            _breach(telling, step, now)
        return "nobody left"
    recipient = Recipient(one.person, one.post.title, one.post.pk)
    _tell(telling, [recipient], _channels_of(telling), now, escalation=_same_again(telling))
    same.filter(recipient=one.person).update(stands_in_for=telling)
    _record("notice.escalated", telling, now, {"post": telling.post, "next": one.post.title})
    return f"told {one.post.title}"[:200]


def _breach(telling: Telling, step: Step, now: datetime) -> str:
    """The duty leader sees who has not heard; the telephone rings once per subject, not once per deaf person."""
    telling.breached_at = now
    telling.save(update_fields=["breached_at"])
    _mark_escalated(telling, now)
    _record("notice.unheard", telling, now, {"post": telling.post, "level": telling.level})
    leaders = [
        Recipient(one.person, one.post.title, one.post.pk) for one in next_contact.duty_leaders(telling, now)
    ]
    facts = {
        "post": telling.post or str(telling.recipient),
        "person": str(telling.recipient),
        "about": _about(telling),
    }
    for channel, purpose in (
        (Channel.APP, f"notice.unheard.{telling.pk}"),
        (Channel.SMS, "notice.unheard"),
    ):
        queue(
            _occasion(telling, purpose=purpose),
            Message(wording="notice.unheard", facts=facts),
            recipients=leaders,
            channels=[channel],
            priority=ALERT,
            now=now,
        )
    return f"told {leaders[0].post_title}"[:200] if leaders else "nobody to tell"


def _still_on_it(telling: Telling, step: Step, now: datetime) -> str:
    """Ask who said they come, if the thing is not over and nothing has been heard of them since."""
    if telling.answer != Answer.COMING:
        return "not coming"
    if telling.still_after and next_contact.has_acted(telling, now - telling.still_after):
        callouts.ask_again_later(telling, now)
        return "active"
    purpose = f"{_first_purpose(telling)}.still{step.number}"
    queue(
        _occasion(telling, purpose=purpose[:60]),
        Message(wording="notice.still", facts={"about": _about(telling)}),
        recipients=[_as_recipient(telling)],
        channels=STILL_CHANNELS,
        escalation=Escalation(
            steps=(StepLine(STILL_BREACH, Do.NEXT_PERSON), StepLine(STILL_BREACH, Do.BREACH)),
            needs_each=True,
            still_after=telling.still_after,
            still_times=telling.still_left,
            level=telling.level,
        ),
        priority=ALERT,
        now=now,
    )
    return "asked"


_TAKE: dict[Do, Callable[[Telling, Step, datetime], str]] = {
    Do.SECOND_CHANNEL: _second_channel,
    Do.NEXT_PERSON: _next_person,
    Do.BREACH: _breach,
    Do.STILL_ON_IT: _still_on_it,
}


def _first_purpose(telling: Telling) -> str:
    return telling.purpose.partition(".still")[0]


def _first_asked(telling: Telling) -> Telling:
    """Of somebody asked "still on it?": what they were first told. Whoever replaces them is told that."""
    if telling.purpose == _first_purpose(telling):
        return telling
    return (
        Telling.objects.select_for_update(of=("self",))
        .select_related("recipient", "unit", "held_post__unit")
        .get(recipient=telling.recipient_id, subject=telling.subject, purpose=_first_purpose(telling))
    )


# --- what they share ---------------------------------------------------------------------------------------


def _tell(
    telling: Telling, recipients: list[Recipient], channels: list[str], now: datetime, **more: Any
) -> int:
    return queue(
        _occasion(telling, purpose=telling.purpose),
        Message.from_dict(telling.message),
        recipients=recipients,
        channels=channels,
        priority=ALERT,
        now=now,
        **more,
    )


def _occasion(telling: Telling, *, purpose: str) -> Occasion:
    return Occasion(purpose, telling.subject, telling.unit, telling.thread, telling.drill)


def _as_recipient(telling: Telling) -> Recipient:
    return Recipient(telling.recipient, telling.post, telling.held_post_id)


def _channels_of(telling: Telling) -> list[str]:
    """The channels everybody is told by, not the one that silence brought about."""
    return list(
        dict.fromkeys(_told(telling).filter(insists=False).order_by("pk").values_list("channel", flat=True))
    )


def _same_again(telling: Telling) -> Escalation:
    """The same steps, counted from now."""
    lines = [
        StepLine(step.after, step.do, tuple(step.channels))
        for step in telling.steps.filter(number__lt=callouts.REPLACED).order_by("number")
    ]
    return Escalation(
        steps=tuple(lines),
        needs_each=telling.needs_each,
        still_after=telling.still_after,
        still_times=telling.still_left,
        level=telling.level,
    )


def _mark_escalated(telling: Telling, now: datetime) -> None:
    telling.escalated_at = telling.escalated_at or now
    telling.save(update_fields=["escalated_at"])
    silent = _told(telling).filter(state__in=[State.SENT, State.DELIVERED, State.FAILED])
    silent.update(state=State.ESCALATED, escalated_at=now)


def _about(telling: Telling) -> dict[str, str]:
    """What it was about, as the person was told it: the first line."""
    told = _told(telling).order_by("pk").first()
    if told is None:
        return {"zh": telling.subject, "en": telling.subject}
    return {
        "zh": told.text_zh.partition("\n")[0][:80],
        "en": (told.text_en or told.text_zh).partition("\n")[0][:80],
    }


def _record(kind: str, telling: Telling, now: datetime, content: dict) -> None:
    record(
        kind,
        subject=key("telling", telling.pk),
        thread=telling.thread,
        unit=telling.unit,
        actor=None,
        post=telling.post,
        at=now,
        level=telling.level,
        drill=telling.drill,
        content={"about": telling.subject, "purpose": telling.purpose, **content},
    )
