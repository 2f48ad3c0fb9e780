"""Who is told of a duty: who is responsible for it by the plan. What follows silence is its clock's breach."""

from datetime import datetime

from accounts.models import User
from command.obligations.choices import DutyState
from command.obligations.models import Obligation
from common.dates.local_time import LOCAL
from notices.actions import queue_notices
from notices.choices import ORDER, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance import validity
from notices.sending.message_templates import DRILL_MARK, Message
from plans.document.sections import role_of
from plans.people.holders import Bench

OWED = "obligation.owed"


def tell_responsible(duty: Obligation, bench: Bench, besides: User, *, now: datetime) -> None:
    """On screen and by text message. Who decides that the response starts has read what it asks for."""
    response = duty.response
    people = {
        holder.person.pk: Recipient(holder.person, holder.post.title, holder.post.pk)
        for name in duty.roles
        for holder in bench.holders(role_of(duty.plan.document, name))
    }
    people.pop(besides.pk, None)
    mark = DRILL_MARK if response.drill else {"zh": "", "en": ""}
    by = f"{duty.due_at.astimezone(LOCAL):%m-%d %H:%M}" if duty.due_at else ""
    by_zh, by_en = (f"（{by}前）", f" (by {by})") if by else ("", "")
    text_zh = f"{mark['zh']}响应 {response.number}：请办理“{duty.title_zh}”{by_zh}"
    text_en = (
        f"{mark['en']}Response {response.number}: please see to “{duty.title_en or duty.title_zh}”{by_en}"
    )
    queue_notices(
        Occasion(OWED, duty.key, response.unit, response.thread, response.drill),
        Message(text_zh[:300], text_en[:300]),
        recipients=people.values(),
        channels=[Channel.APP, Channel.SMS],
        priority=ORDER,
        now=now,
    )


def _open(asked: set[int], now: datetime) -> set[int]:
    rows = Obligation.objects.filter(pk__in=asked, state=DutyState.OPEN)
    return set(rows.values_list("pk", flat=True))


#: Purpose → what says how long it lasts.
LASTING: dict[str, validity.Check] = {OWED: validity.while_live(_open)}
