"""The rows behind escalation: one person to be reached for one reason, and the steps that follow silence.

Everything that changes a callout or its steps holds the callout first, then its notices, in every room: no
circle, no deadlock.
"""

from collections.abc import Iterable
from datetime import datetime

from notices.choices import Answer, Channel, Do, State
from notices.models import Callout, EscalationStep, Notice
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.rules import Escalation
from notices.sending.message_templates import Message

#: Whoever said they come and then cannot is replaced by a step of this number.
REPLACED = 50
#: "Still on it?" steps are numbered from here, after any step of a plan.
STILL = 100


def begin_callouts(
    occasion: Occasion,
    message: Message,
    recipients: Iterable[Recipient],
    escalation: Escalation,
    now: datetime,
) -> None:
    """Write down who is to be reached and what follows if they do not hear. Asked twice, it is one callout."""
    people = {recipient.person.pk: recipient for recipient in recipients}
    Callout.objects.bulk_create(
        [
            Callout(
                recipient=one.person,
                post=one.post_title,
                held_post_id=one.post_id,
                level=escalation.level,
                needs_each=escalation.needs_each,
                began_at=now,
                still_after=escalation.still_after,
                still_left=escalation.still_times,
                message=message._asdict(),
                **occasion.columns(),
            )
            for one in people.values()
        ],
        ignore_conflicts=True,
    )
    written = Callout.objects.filter(
        subject=occasion.subject, purpose=occasion.purpose, recipient__in=people, began_at=now
    )
    EscalationStep.objects.bulk_create(
        [
            EscalationStep(
                callout=callout,
                number=number,
                do=line.do,
                channels=list(line.channels),
                after=line.after,
                due_at=now + line.after,
            )
            for callout in written
            for number, line in enumerate(escalation.steps, start=1)
        ],
        ignore_conflicts=True,
    )


def begin_by_hand(notice: Notice, now: datetime) -> None:
    """No way is left to reach this person, and no plan says what follows: somebody telephones, and the duty leader
    knows at the next turn. Who has had it on screen meanwhile is not called."""
    if _has_heard(notice):
        return
    callout, is_new = Callout.objects.get_or_create(
        recipient_id=notice.recipient_id,
        subject=notice.subject,
        purpose=notice.purpose,
        defaults={
            "post": notice.post,
            "held_post_id": notice.held_post_id,
            "thread": notice.thread,
            "unit_id": notice.unit_id,
            "unit_path": notice.unit_path,
            "drill": notice.drill,
            "needs_each": True,
            "began_at": notice.queued_at,
            "escalated_at": now,
        },
    )
    if is_new:
        EscalationStep.objects.create(callout=callout, number=1, do=Do.BREACH, due_at=now)


def _has_heard(notice: Notice) -> bool:
    mine = Notice.objects.filter(
        recipient=notice.recipient_id, subject=notice.subject, purpose=notice.purpose
    )
    return (
        mine.filter(state__in=[State.DELIVERED, State.HEARD, State.ACKNOWLEDGED])
        .exclude(channel=Channel.APP, state=State.DELIVERED)
        .exists()
    )


def lock_callout(notice: Notice) -> Callout | None:
    """Lock the callout a notice belongs to, None if its silence is not followed up. Before the notice is locked."""
    return (
        Callout.objects.select_for_update(of=("self",))
        .filter(recipient=notice.recipient_id, subject=notice.subject, purpose=notice.purpose)
        .first()
    )


def note_answer(callout: Callout | None, answer: str, now: datetime) -> None:
    """This person has answered: who comes is left in peace, who cannot is replaced at once. The caller holds it."""
    if callout is None:
        return
    callout.answer, callout.answered_at = answer, now
    callout.save(update_fields=["answer", "answered_at"])
    if callout.ended_at is not None:
        return
    open_steps = callout.steps.filter(done_at__isnull=True)
    if answer == Answer.COMING:
        open_steps.update(done_at=now, result="answered")
        ask_again_later(callout, now)
        return
    open_steps.filter(do__in=[Do.SECOND_CHANNEL, Do.STILL_ON_IT]).update(done_at=now, result="answered")
    if not hasten_steps(callout, Do.NEXT_PERSON, now) and not callout.stand_ins.exists():
        EscalationStep.objects.get_or_create(
            callout=callout, number=REPLACED, defaults={"do": Do.NEXT_PERSON, "due_at": now}
        )


def hasten_steps(callout: Callout, what: str, now: datetime) -> int:
    """Nothing more is to be hoped for: the open steps of this kind are due now. Returns how many there are."""
    open_steps = callout.steps.filter(done_at__isnull=True, do=what)
    open_steps.filter(due_at__gt=now).update(due_at=now)
    return open_steps.count()


def follow_up_failure(callout: Callout | None, now: datetime, *, is_gone: bool, is_last_way: bool) -> None:
    """One way has failed: the next step need not wait. The caller holds the callout."""
    if callout is None or callout.ended_at is not None:
        return
    if is_gone or (not hasten_steps(callout, Do.SECOND_CHANNEL, now) and is_last_way):
        hasten_steps(callout, Do.NEXT_PERSON, now)


def ask_again_later(callout: Callout, now: datetime) -> None:
    if callout.still_after is None or callout.still_left == 0:
        return
    callout.still_left -= 1
    callout.save(update_fields=["still_left"])
    EscalationStep.objects.get_or_create(
        callout=callout,
        number=STILL + callout.still_left,
        defaults={"do": Do.STILL_ON_IT, "due_at": now + callout.still_after},
    )
