"""Humans with telephones: who still has to be called by hand, and how the calls ended."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.scope import Reach
from common.errors import NotFound
from notices import permissions, tellings
from notices.actions import record_by_hand
from notices.choices import ALERT, Answer, Channel, State
from notices.models import Notice, Telling

NO_ANSWER = "no_answer"
OUTCOMES = {
    Answer.COMING: Answer.COMING.label,
    Answer.CANNOT: Answer.CANNOT.label,
    NO_ANSWER: gettext_lazy("No answer"),
}


def to_call(reach: Reach) -> QuerySet[Telling]:
    """Whom nothing has reached: escalated and still silent, where this person may call. The longest silent first."""
    ears = Notice.objects.filter(
        recipient=OuterRef("recipient"),
        subject=OuterRef("subject"),
        purpose=OuterRef("purpose"),
        state__in=[State.HEARD, State.ACKNOWLEDGED],
    )
    rows = Telling.objects.filter(
        reach.filter("incident.manage"), ~Exists(ears), escalated_at__isnull=False, answer=""
    )
    return rows.select_related("recipient", "unit", "held_post").order_by("began_at", "pk")


@transaction.atomic
def record_call(*, telling_id: int, reach: Reach, outcome: str, now: datetime) -> Notice:
    """Somebody has telephoned by hand: who answers has heard, whoever cannot come is replaced.

    Raises NotFound for a telling this person may not see, NotAllowed where they may not call.
    """
    telling = (
        Telling.objects.visible_to(reach)
        .select_for_update(of=("self",))
        .select_related("recipient", "unit")
        .filter(pk=telling_id)
        .first()
    )

    if telling is None:
        raise NotFound(
            "not_found",
            _("The call was not recorded: there is nobody of this kind to call. Load the page again."),
        )
    permissions.check_can_call(reach, telling)

    notice = _row(telling, outcome, now)
    if outcome != NO_ANSWER:
        tellings.answered(telling, outcome, now)

    record_by_hand(notice, reach.user, outcome, now)
    return notice


def _row(telling: Telling, outcome: str, now: datetime) -> Notice:
    """One row for all calls by hand to this person for this reason; an answer is never taken back by a later try."""
    notice, _new = Notice.objects.get_or_create(
        dedupe=f"{telling.subject}:{telling.purpose}:{telling.recipient_id}:{Channel.CALL}",
        defaults={
            "recipient": telling.recipient,
            "post": telling.post,
            "held_post_id": telling.held_post_id,
            "channel": Channel.CALL,
            "purpose": telling.purpose,
            "subject": telling.subject,
            "thread": telling.thread,
            "unit": telling.unit,
            "unit_path": telling.unit_path,
            "text_zh": "",
            "priority": ALERT,
            "drill": telling.drill,
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


def waiting(reach: Reach) -> int:
    """How many people have to be called by hand."""
    return to_call(reach).count()
