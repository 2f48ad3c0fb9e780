"""Who is told that a measure waits for approval, and of the answer; how long each reason lasts."""

from datetime import datetime

from accounts.models import User
from command.measures.choices import MeasureState
from command.measures.models import Measure
from command.measures.rules import ANSWERED, TO_APPROVE
from incidents.rules import OPEN
from notices.actions import queue_notices
from notices.choices import ORDER, ROUTINE, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance import validity
from notices.sending.message_templates import DRILL_MARK, Message
from notices.silence.no_recipients import tell_sender
from plans.document.sections import role_of
from plans.people.holders import Bench, in_the_chair

_PLAIN = {"zh": "", "en": ""}


def ask_to_approve(measure: Measure, bench: Bench, asker: User, *, now: datetime) -> None:
    """Whoever sits in the seat that the plan means; where that is nobody, the asker learns it at once.

    A role outside the bureau is told by telephone: nothing is sent.
    """
    if measure.is_outside:
        return
    assert measure.plan is not None
    occasion = _occasion(measure, TO_APPROVE)
    seat = bench.seat(role_of(measure.plan.document, measure.role))
    asked = in_the_chair(seat, now) if seat else []
    if not asked:
        about = {"zh": f"待批准的重大处置措施：{measure.what}", "en": f"measure to approve: {measure.what}"}
        tell_sender(
            asker, occasion, who={"zh": measure.to_zh, "en": measure.to_en or measure.to_zh}, about=about, now=now
        )  # fmt: skip
    mark, number = DRILL_MARK if measure.incident.drill else _PLAIN, measure.incident.number
    _queue(
        occasion,
        f"{mark['zh']}待批准：{number} 重大处置措施“{measure.what}”",
        f"{mark['en']}To approve: major measure on {number}: {measure.what}",
        [Recipient(one.person, one.post.title, one.post.pk) for one in asked],
        now,
        priority=ORDER,
    )


def tell_answer(measure: Measure, besides: User, *, now: datetime) -> None:
    """Who asked learns the answer, unless it was they who noted it."""
    if measure.asked_by is None or measure.asked_by == besides:
        return
    mark, number = DRILL_MARK if measure.incident.drill else _PLAIN, measure.incident.number
    is_yes = measure.state == MeasureState.APPROVED
    zh, en = ("已批准", "Approved") if is_yes else ("未批准", "Not approved")
    _queue(
        _occasion(measure, ANSWERED),
        f"{mark['zh']}{zh}：{number} 重大处置措施“{measure.what}”。{measure.reason}",
        f"{mark['en']}{en}: major measure on {number}: {measure.what}. {measure.reason}",
        [Recipient(measure.asked_by, "")],
        now,
        priority=ROUTINE,
    )


def _queue(
    occasion: Occasion, zh: str, en: str, people: list[Recipient], now: datetime, *, priority: int
) -> None:
    queue_notices(
        occasion,
        Message(zh[:300], en[:300]),
        recipients=people,
        channels=[Channel.APP, Channel.SMS] if priority == ORDER else [Channel.APP],
        priority=priority,
        now=now,
    )


def _occasion(measure: Measure, purpose: str) -> Occasion:
    incident = measure.incident
    return Occasion(purpose, measure.key, incident.unit, incident.key, incident.drill)


def _waiting(asked: set[int], now: datetime) -> set[int]:
    """Until it is answered or withdrawn, while its incident is open."""
    rows = Measure.objects.filter(pk__in=asked, state=MeasureState.ASKED, incident__state__in=OPEN)
    return set(rows.values_list("pk", flat=True))


#: Purpose → what says how long it lasts.
LASTING: dict[str, validity.Check] = {
    TO_APPROVE: validity.while_live(_waiting),
    ANSWERED: validity.always,
}
