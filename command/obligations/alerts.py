"""Who is told of a duty: who is responsible for it by the plan. What follows silence is its clock's breach."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import Unit, User
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


#: Subject: the shift that begins. The same duties are told again to the next one.
REMINDED = "obligation.reminded"


def responsible(duty: Obligation, bench: Bench) -> dict[int, Recipient]:
    """Who holds the roles that the plan names, by person."""
    return {
        holder.person.pk: Recipient(holder.person, holder.post.title, holder.post.pk)
        for name in duty.roles
        for holder in bench.holders(role_of(duty.plan.document, name))
    }


def remind_of_unlimited(
    shift: str,
    unit: Unit,
    duties: Sequence[Obligation],
    comer: Recipient,
    others: Sequence[Recipient],
    now: datetime,
) -> None:
    """One notice for all of them, on screen: a shift begins every day."""
    drill = all(duty.response.drill for duty in duties)
    mark = DRILL_MARK if drill else {"zh": "", "en": ""}
    numbers = "、".join(dict.fromkeys(duty.response.number for duty in duties))
    titles_zh = "；".join(duty.title_zh for duty in duties)
    titles_en = "; ".join(duty.title_en or duty.title_zh for duty in duties)
    text_zh = f"{mark['zh']}应办事项未设时限、尚未办结（{numbers}）：{titles_zh}"
    text_en = f"{mark['en']}Duties without a time limit, still open ({numbers}): {titles_en}"
    people = {one.person.pk: one for one in [*others, comer]}
    queue_notices(
        Occasion(REMINDED, shift, unit, shift, drill),
        Message(text_zh[:300], text_en[:300]),
        recipients=people.values(),
        channels=[Channel.APP],
        priority=ORDER,
        now=now,
    )


def tell_responsible(duty: Obligation, bench: Bench, besides: User, *, now: datetime) -> None:
    """On screen and by text message. Who decides that the response starts has read what it asks for."""
    response = duty.response
    people = responsible(duty, bench)
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
