"""Who is told of an order: rows in the outbox, in the order's own transaction."""

from datetime import datetime

from accounts.choices import PostKind
from accounts.duty import meant
from accounts.models import Appointment
from accounts.permissions import VERBS
from command.choices import TargetKind
from command.models import Order
from notices.actions import Recipient, queue
from notices.choices import ORDER, Channel


def tell_recipient(order: Order, *, target, now: datetime) -> None:
    """Everybody who can answer the order learns of it, on screen and by text message."""
    queue(
        recipients=recipients_of(target, now),
        channels=[Channel.APP, Channel.SMS],
        purpose="order.issued",
        subject=order.key,
        thread=order.incident.key,
        unit=order.unit,
        text_zh=f"{'【演练】' if order.drill else ''}指令 {order.number}：{order.task}（{order.incident.place}）"[
            :300
        ],
        text_en=f"{'[DRILL] ' if order.drill else ''}Order {order.number}: {order.task} ({order.incident.place})"[
            :300
        ],
        priority=ORDER,
        now=now,
        drill=order.drill,
    )


def recipients_of(target, now: datetime) -> list[Recipient]:
    """The people behind a target at this moment: of posts that go round by roster, whose turn it is."""
    if target.kind == TargetKind.PERSON:
        return [Recipient(target.person, "")]
    held = Appointment.objects.current(now).filter(post__unit=target.unit).select_related("person", "post")
    if target.kind == TargetKind.SQUAD:
        held = held.filter(post__kind=PostKind.SQUAD, post__squad=target.squad)
    else:
        held = held.filter(post__kind__in=VERBS["order.answer"], post__squad="")
    return [Recipient(row.person, row.post.title) for row in meant(held.order_by("pk"), now)]
