"""Humans with telephones: who still has to be called by hand, and how the calls ended."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.scope import Reach
from common.database.composed import Composed
from common.errors import NotFound
from notices.actions import record_by_hand, record_call_taken
from notices.choices import ALERT, Answer, Channel, State
from notices.models import Callout, Notice
from notices.reading import permissions
from notices.silence import callouts, next_contact

#: So many are looked at; more are not telephoned by one desk.
MOST = 100
NO_ANSWER = "no_answer"
OUTCOMES = {
    Answer.COMING: Answer.COMING.label,
    Answer.CANNOT: Answer.CANNOT.label,
    NO_ANSWER: gettext_lazy("No answer"),
}


class Call(NamedTuple):
    callout: Callout
    #: Whose call it is: who has taken it on, else the nearest officer on duty. None: whoever sees it.
    owner: User | None


def to_call(reach: Reach) -> QuerySet[Callout]:
    """Whom nothing has reached: escalated, still silent and still waited for, where this person may call.

    Nobody is asked to call themselves. The longest silent first.
    """
    ears = Notice.objects.filter(
        recipient=OuterRef("recipient"),
        subject=OuterRef("subject"),
        purpose=OuterRef("purpose"),
        state__in=[State.HEARD, State.ACKNOWLEDGED],
    )
    rows = Callout.objects.filter(
        reach.filter("incident.manage"),
        ~Exists(ears),
        escalated_at__isnull=False,
        ended_at__isnull=True,
        answer="",
    ).exclude(recipient=reach.user)
    return rows.select_related("recipient", "unit", "held_post", "caller").order_by("began_at", "pk")


def with_owners(to_make: Iterable[Callout], now: datetime) -> list[Call]:
    """Each call with the one person whose call it is (the same queries for any number)."""
    rows = list(to_make)
    desks = next_contact.desks_for({row.unit_path for row in rows if row.unit_path}, now)
    return [Call(row, _owner(row, desks.get(row.unit_path, []))) for row in rows]


def _owner(callout: Callout, desk: list[User]) -> User | None:
    if callout.caller is not None and callout.caller.is_active:
        return callout.caller
    return next((person for person in desk if person.pk != callout.recipient_id), None)


@transaction.atomic
def take_call(*, callout_id: int, reach: Reach, now: datetime) -> Callout:
    """Say "I telephone them": from now on it is this person's call."""
    callout = _lock(callout_id, reach)

    permissions.check_can_call(reach, callout)

    callout.caller = reach.user
    callout.save(update_fields=["caller"])

    record_call_taken(callout, reach.user, now)
    return callout


@transaction.atomic
def record_call(*, callout_id: int, reach: Reach, outcome: str, now: datetime) -> Notice:
    """Somebody has telephoned by hand: who answers has heard, whoever cannot come is replaced.

    Raises NotFound for a callout this person may not see, NotAllowed where they may not call.
    """
    callout = _lock(callout_id, reach)

    permissions.check_can_call(reach, callout)

    notice = _row(callout, outcome, now)
    if outcome != NO_ANSWER:
        callouts.note_answer(callout, outcome, now)

    record_by_hand(notice, reach.user, outcome, now)
    return notice


def _lock(callout_id: int, reach: Reach) -> Callout:
    callout = (
        Callout.objects.visible_to(reach)
        .select_for_update(of=("self",))
        .select_related("recipient", "unit")
        .filter(pk=callout_id)
        .first()
    )
    if callout is None:
        raise NotFound(
            "not_found",
            _("The call was not recorded: there is nobody of this kind to call. Load the page again."),
        )
    return callout


def _row(callout: Callout, outcome: str, now: datetime) -> Notice:
    """One row for all calls by hand to this person for this reason; an answer is never taken back by a later try."""
    notice, _new = Notice.objects.get_or_create(
        dedupe=f"{callout.subject}:{callout.purpose}:{callout.recipient_id}:{Channel.CALL}",
        defaults={
            "recipient": callout.recipient,
            "post": callout.post,
            "held_post_id": callout.held_post_id,
            "channel": Channel.CALL,
            "purpose": callout.purpose,
            "subject": callout.subject,
            "thread": callout.thread,
            "unit": callout.unit,
            "unit_path": callout.unit_path,
            "text_zh": "",
            "priority": ALERT,
            "drill": callout.drill,
            "queued_at": now,
            "visible_at": now,
            "sent_at": now,
            "state": State.FAILED,
        },
    )
    notice.attempts += 1
    if outcome != NO_ANSWER:
        notice.state, notice.answer = State.ACKNOWLEDGED, outcome
        notice.heard_at = notice.heard_at or now
        notice.acknowledged_at = notice.acknowledged_at or now
    notice.save(update_fields=["attempts", "state", "answer", "heard_at", "acknowledged_at"])
    return notice


#: Every board asks.
_TO_CALL = Composed(lambda reach: to_call(reach)[:MOST])


def waiting(reach: Reach, now: datetime) -> int:
    """How many people this person has to call by hand: their own calls, and those that are nobody's."""
    calls = with_owners(_TO_CALL(reach), now)
    return sum(call.owner in (None, reach.user) for call in calls)
