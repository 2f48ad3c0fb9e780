"""Who is told of an order of a joint command centre: rows in the outbox, in its own transaction; how long that lasts."""

from datetime import datetime

from command.linkage import rules
from command.linkage.models import LinkageDelivery, LinkageOrder
from incidents.reporting.alerts import people_of
from notices.actions import queue_notices
from notices.choices import ORDER, Channel
from notices.occasions import Occasion
from notices.relevance import validity
from notices.sending.message_templates import DRILL_MARK, Message
from plans.document.sections import alarm_roles
from plans.engine.evaluation import Document

RECEIVED = "linkage.received"
NOT_DELIVERED = "linkage.not_delivered"


def tell_duty_room(order: LinkageOrder, document: Document, *, now: datetime) -> None:
    """The nearest duty room learns of it on screen and by text message; who typed it in knows."""
    people = people_of(alarm_roles(document), order.unit_path, now, nearest=True)
    mark = DRILL_MARK if order.drill else {"zh": "", "en": ""}
    text_zh = f"{mark['zh']}联动指令 {order.number}（{order.centre} {order.outside_number}）：{order.asked}（{order.place}）"
    text_en = f"{mark['en']}Linkage order {order.number} ({order.centre} {order.outside_number}): {order.asked} ({order.place})"
    queue_notices(
        Occasion(RECEIVED, order.key, order.unit, order.key, order.drill),
        Message(text_zh[:300], text_en[:300]),
        recipients=[one for one in people if one.person.pk != order.received_by_id],
        channels=[Channel.APP, Channel.SMS],
        priority=ORDER,
        now=now,
    )


def tell_not_delivered(
    order: LinkageOrder, delivery: LinkageDelivery, document: Document, *, now: datetime
) -> None:
    """The duty room sends it by hand, or puts right what the centre refuses. Told once for each order."""
    mark = DRILL_MARK if order.drill else {"zh": "", "en": ""}
    text_zh = f"{mark['zh']}报送联动中心未成功：{order.number}（{order.centre} {order.outside_number}），请改用电话、传真报送。"
    text_en = f"{mark['en']}Not delivered to the linkage centre: {order.number} ({order.centre} {order.outside_number}). Send it by telephone or fax."
    queue_notices(
        Occasion(NOT_DELIVERED, order.key, order.unit, order.key, order.drill),
        Message(text_zh[:300], text_en[:300]),
        recipients=people_of(alarm_roles(document), order.unit_path, now, nearest=True),
        channels=[Channel.APP, Channel.SMS],
        priority=ORDER,
        now=now,
    )


def not_delivered(asked: set[int], now: datetime) -> set[int]:
    """It asks for somebody while anything of the order has failed and is not through."""
    failing = LinkageDelivery.objects.filter(order__in=asked, tries__gt=0)
    open_states = rules.DELIVERIES[rules.CALL_OFF].at
    return set(failing.filter(state__in=open_states).values_list("order", flat=True))


def not_taken_up(asked: set[int], now: datetime) -> set[int]:
    """It asks for somebody until it is an incident, or over."""
    return set(LinkageOrder.objects.live().filter(pk__in=asked, incident=None).values_list("pk", flat=True))


#: Purpose → what says how long it lasts.
LASTING: dict[str, validity.Check] = {
    RECEIVED: validity.while_live(not_taken_up),
    NOT_DELIVERED: validity.while_live(not_delivered),
}
