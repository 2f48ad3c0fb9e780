"""Who was told to come and need not hears so the same way; the duty room hears when too few are left."""

from collections.abc import Sequence
from datetime import datetime

from accounts.choices import PostKind
from command.enough.models import Quorum
from command.enough.queries import missing_of
from command.orders.models import Order
from incidents.rules import OPEN
from notices.actions import queue_notices
from notices.choices import ORDER, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance import validity
from notices.sending.message_templates import DRILL_MARK, Message
from plans.document.sections import Role
from plans.document.words import Words
from plans.people.holders import Bench

PURPOSE = "order.stood_down"
SHORT = "order.short"
_DUTY_ROOM = Role("duty_officer", Words("值班室", "Duty room"), post=PostKind.DUTY_OFFICER)


def tell_stood_down(order: Order, recipients: list[Recipient], *, now: datetime) -> None:
    mark = DRILL_MARK if order.drill else {"zh": "", "en": ""}
    text_zh = f"{mark['zh']}指令 {order.number}：已有足够人员响应，您不必前往。{order.task}"
    text_en = f"{mark['en']}Order {order.number}: enough have answered, you need not come. {order.task}"
    queue_notices(
        Occasion(PURPOSE, order.key, order.unit, order.incident.key, order.drill),
        Message(text_zh[:300], text_en[:300]),
        recipients=recipients,
        channels=[Channel.APP, Channel.SMS],
        priority=ORDER,
        now=now,
    )


def tell_short(quorum: Quorum, missing: int, *, now: datetime) -> None:
    """The nearest duty room, once for each number: whoever is missing is called by a person."""
    incident = quorum.incident
    mark = DRILL_MARK if incident.drill else {"zh": "", "en": ""}
    there = Bench(incident.unit, now).holders(_DUTY_ROOM)
    queue_notices(
        Occasion(f"{SHORT}.{quorum.pk}.{missing}", incident.key, incident.unit, incident.key, incident.drill),
        Message(
            f"{mark['zh']}{incident.number}：已响应的人员有退出，还差 {missing} 方，请再叫。",
            f"{mark['en']}{incident.number}: of those who had answered some fell out; {missing} more to be called.",
        ),
        recipients=[Recipient(one.person, one.post.title, one.post.pk) for one in there],
        channels=[Channel.APP, Channel.SMS],
        priority=ORDER,
        now=now,
    )


def _while_short(rows: Sequence[validity.Told], now: datetime) -> dict[int, str]:
    """ "order.short.4.1" is true while one is missing of call 4, and the rest has not been called."""
    asked = {row.pk: tuple(map(int, row.purpose.removeprefix(f"{SHORT}.").split("."))) for row in rows}
    open_calls = Quorum.objects.filter(
        pk__in={pk for pk, _missing in asked.values()}, reopened_at=None, incident__state__in=OPEN
    )
    missing = {quorum.pk: missing_of(quorum) for quorum in open_calls}
    return {row: validity.OVER for row, (pk, said) in asked.items() if missing.get(pk, 0) != said}


#: Purpose → what says how long it lasts.
LASTING: dict[str, validity.Check] = {SHORT: _while_short}
