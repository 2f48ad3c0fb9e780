"""Who is told that a review waits for approval, or came back."""

from datetime import datetime

from accounts.choices import PostKind
from command.review.choices import ReviewState
from command.review.models import Review
from command.review.permissions import seat_of
from command.review.rules import RETURNED, TO_APPROVE
from notices.actions import queue_notices
from notices.choices import ORDER, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance import validity
from notices.sending.message_templates import DRILL_MARK, Message
from notices.silence.no_recipients import tell_sender
from plans.document.sections import Role
from plans.document.words import Words
from plans.people.holders import Bench, in_the_chair

_LEADER = Role("duty_leader", Words("带班领导", "Duty leader"), post=PostKind.DUTY_LEADER)


def ask_to_approve(review: Review, *, now: datetime) -> None:
    """Whoever holds what the plan names, else the leader on duty above; not who handed it in, who learns if it is nobody."""
    incident, seat = review.incident, seat_of(review.incident, now)
    unit = incident.unit.parent or incident.unit
    held = in_the_chair(seat, now) if seat else Bench(unit, now).holders(_LEADER)
    asked = [one for one in held if one.person.pk != review.handed_in_by_id]
    occasion = Occasion(f"{TO_APPROVE}.{review.rev}", review.key, incident.unit, incident.key, incident.drill)
    sender = review.handed_in_by
    if not asked and sender is not None:
        tell_sender(
            sender, occasion,
            who={"zh": "可以批准复盘报告的领导", "en": "a leader who may approve the review"},
            about={"zh": f"待批准的复盘报告：{incident.number}", "en": f"review to approve: {incident.number}"},
            now=now,
        )  # fmt: skip
    people = [Recipient(one.person, one.post.title, one.post.pk) for one in asked]
    _tell(review, occasion, people, "待批准：复盘报告", "To approve: review of", now)


def tell_returned(review: Review, *, now: datetime) -> None:
    incident, sender = review.incident, review.handed_in_by
    people = [Recipient(sender, review.handed_in_post)] if sender and sender.is_active else []
    occasion = Occasion(f"{RETURNED}.{review.rev}", review.key, incident.unit, incident.key, incident.drill)
    _tell(
        review,
        occasion,
        people,
        f"退回（{review.reason}）：复盘报告",
        f"Returned ({review.reason}): review of",
        now,
    )


def _tell(
    review: Review, occasion: Occasion, people: list[Recipient], zh: str, en: str, now: datetime
) -> None:
    incident = review.incident
    mark = DRILL_MARK if incident.drill else {"zh": "", "en": ""}
    queue_notices(
        occasion,
        Message(
            f"{mark['zh']}{zh} {incident.number}（{incident.place}）"[:300],
            f"{mark['en']}{en} {incident.number} ({incident.place})"[:300],
        ),
        recipients=people,
        channels=[Channel.APP, Channel.SMS],
        priority=ORDER,
        now=now,
    )


def _in(state: str) -> validity.Check:
    def live(asked: set[int], now: datetime) -> set[int]:
        return set(Review.objects.filter(pk__in=asked, state=state).values_list("pk", flat=True))

    return validity.while_live(live)


#: Purpose → what says how long it lasts.
LASTING: dict[str, validity.Check] = {
    TO_APPROVE: _in(ReviewState.HANDED_IN),
    RETURNED: _in(ReviewState.DRAFT),
}
