"""Who is told that somebody types wrong codes."""

from datetime import datetime

from accounts.choices import PostKind
from command.orders.models import Order
from command.place_codes.rules import WRONG
from notices.actions import queue_notices
from notices.choices import ORDER, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance import validity
from notices.sending.message_templates import DRILL_MARK, Message
from plans.document.sections import Role
from plans.document.words import Words
from plans.people.holders import Bench

_DUTY_ROOM = Role("duty_officer", Words("值班室", "Duty room"), post=PostKind.DUTY_OFFICER)


def tell_duty_room(order: Order, *, now: datetime) -> None:
    """Once for each order: it telephones, and renews the code where strangers try it."""
    incident = order.incident
    there = Bench(incident.unit, now).holders(_DUTY_ROOM)
    mark = DRILL_MARK if order.drill else {"zh": "", "en": ""}
    queue_notices(
        Occasion(WRONG, order.key, incident.unit, incident.key, order.drill),
        Message(
            f"{mark['zh']}指令 {order.number}：现场到场码多次输错，请电话核实到场情况，必要时换码。"[:300],
            f"{mark['en']}Order {order.number}: wrong codes of the place were typed several times. Telephone, and renew the code if need be."[:300],
        ),
        recipients=[Recipient(one.person, one.post.title, one.post.pk) for one in there],
        channels=[Channel.APP, Channel.SMS],
        priority=ORDER,
        now=now,
    )  # fmt: skip


def _live(asked: set[int], now: datetime) -> set[int]:
    return set(Order.objects.live().filter(pk__in=asked).values_list("pk", flat=True))


#: Purpose → what says how long it lasts.
LASTING: dict[str, validity.Check] = {WRONG: validity.while_live(_live)}
