"""Who is told of an order: rows in the outbox, in the order's own transaction."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import override

from accounts.choices import PostKind
from clocks.models import Clock
from command.orders.choices import OrderVerb
from command.orders.models import Order
from command.orders.targets import recipients_of, target_of
from journal.keys import pk_of
from notices.actions import queue_many, queue_notices
from notices.choices import ORDER, Channel
from notices.occasions import Letter, Occasion
from notices.recipients import Recipient
from notices.sending.message_templates import DRILL_MARK, Message
from notices.silence.no_recipients import Unheard, tell_sender_of_all
from plans.people.overdue import nearest

#: The purpose of what the recipients of an order are told.
ISSUED = "order.issued"


def tell_recipients(told: Sequence[tuple[Order, list[Recipient]]], *, now: datetime) -> None:
    """Everybody who can answer an order learns of it, on screen and by text message; where that is nobody, its
    sender learns so at once. The orders are of one sender."""
    unheard = [_unheard(order) for order, people in told if not people]
    if unheard:
        tell_sender_of_all(told[0][0].issued_by, unheard, now=now)
    queue_many(
        [Letter(_occasion(order, purpose=ISSUED), _message(order), people) for order, people in told],
        channels=[Channel.APP, Channel.SMS],
        priority=ORDER,
        now=now,
    )


def _unheard(order: Order) -> Unheard:
    who = {language: _words(order, language) for language in ("zh", "en")}
    words = {"zh": f"{order.number}：{order.task}"[:80], "en": f"{order.number}: {order.task}"[:80]}
    return Unheard(_occasion(order, purpose=ISSUED), who, words)


def _words(order: Order, language: str) -> str:
    with override("zh-hans" if language == "zh" else "en"):
        return target_of(order).words


def _message(order: Order) -> Message:
    mark = _mark(order)
    text_zh = f"{mark['zh']}指令 {order.number}：{order.task}（{order.incident.place}）"
    text_en = f"{mark['en']}Order {order.number}: {order.task} ({order.incident.place})"
    return Message(text_zh[:300], text_en[:300])


def tell_next(order: Order, people: list[Recipient], *, now: datetime) -> None:
    """Who holds the post, or is on duty, only now."""
    queue_notices(
        _occasion(order, purpose=ISSUED),
        _message(order),
        recipients=people,
        channels=[Channel.APP, Channel.SMS],
        priority=ORDER,
        now=now,
    )


def tell_recalled(order: Order, recipients: list[Recipient], *, now: datetime) -> None:
    """Who was told to go learns, the same way, that they need not."""
    last = order.steps.last()
    why = last.note if last else ""
    mark = _mark(order)
    text_zh = f"{mark['zh']}指令 {order.number} 已召回，无需执行：{order.task}。原因：{why}"
    text_en = f"{mark['en']}Order {order.number} is recalled, do not go: {order.task}. Why: {why}"
    queue_notices(
        _occasion(order, purpose="order.recalled"),
        Message(text_zh[:300], text_en[:300]),
        recipients=recipients,
        channels=[Channel.APP, Channel.SMS],
        priority=ORDER,
        now=now,
    )


def _occasion(order: Order, *, purpose: str) -> Occasion:
    return Occasion(purpose, order.key, order.unit, order.incident.key, order.drill)


def _mark(order: Order) -> dict[str, str]:
    return DRILL_MARK if order.drill else {"zh": "", "en": ""}


def order_recipients(clock: Clock, now: datetime) -> list[Recipient]:
    """Who is late where a plan says "order_recipient": the people behind the order's target."""
    order = Order.objects.filter(pk=pk_of(clock.subject, "order")).first()
    return recipients_of(target_of(order), now) if order else []


def order_spot(clock: Clock, now: datetime) -> list[Recipient]:
    """Who can say that they have come: whoever reported the incident from there, and the duty room."""
    order = (
        Order.objects.select_related("incident__reported_by").filter(pk=pk_of(clock.subject, "order")).first()
    )
    if order is None:
        return []
    said_so = set(order.steps.filter(verb=OrderVerb.ARRIVE).values_list("by_id", flat=True))
    there = order.incident.reported_by
    found = [Recipient(there, "")] if there and there.is_active else []
    found += [one for one in nearest(PostKind.DUTY_OFFICER, clock, now) if one.person != there]
    return [one for one in found if one.person.pk not in said_so]
