"""Who is told of an order: rows in the outbox, in the order's own transaction."""

from datetime import datetime
from typing import NamedTuple

from accounts.choices import PostKind
from accounts.models import Appointment, Unit, User
from accounts.posts.duty import meant
from accounts.verbs import VERBS
from clocks.models import Clock
from command.orders.choices import TargetKind
from command.orders.models import Order
from journal.keys import pk_of
from notices.actions import queue_notices
from notices.choices import ORDER, Channel
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.sending.message_templates import DRILL_MARK, Message
from notices.silence.no_recipients import tell_sender

#: The purpose of what the recipients of an order are told.
ISSUED = "order.issued"


def tell_recipient(order: Order, *, target: "Target", now: datetime) -> None:
    """Everybody who can answer the order learns of it, on screen and by text message; where that is nobody, its
    sender learns so at once."""
    people, occasion = recipients_of(target, now), _occasion(order, purpose=ISSUED)
    if not people:
        words = {"zh": f"{order.number}：{order.task}"[:80], "en": f"{order.number}: {order.task}"[:80]}
        tell_sender(
            order.issued_by,
            occasion,
            who={"zh": str(target), "en": str(target)},
            about=words,
            now=now,
        )
    mark = _mark(order)
    text_zh = f"{mark['zh']}指令 {order.number}：{order.task}（{order.incident.place}）"
    text_en = f"{mark['en']}Order {order.number}: {order.task} ({order.incident.place})"
    queue_notices(
        occasion,
        Message(text_zh[:300], text_en[:300]),
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


class Target(NamedTuple):
    """Whom an order goes to."""

    kind: str
    unit: Unit | None = None
    squad: str = ""
    person: User | None = None

    def __str__(self) -> str:
        if self.kind == TargetKind.PERSON:
            return str(self.person)
        return f"{self.squad}@{self.unit.code}" if self.squad and self.unit else str(self.unit)


def target_of(order: Order) -> Target:
    return Target(order.target_kind, order.target_unit, order.target_squad, order.target_person)


def recipients_of(target: Target, now: datetime) -> list[Recipient]:
    """The people behind a target at this moment: of posts that go round by roster, whose turn it is."""
    if target.kind == TargetKind.PERSON:
        return [Recipient(target.person, "")]
    held = Appointment.objects.current(now).filter(post__unit=target.unit).select_related("person", "post")
    if target.kind == TargetKind.SQUAD:
        held = held.filter(post__kind=PostKind.SQUAD, post__squad=target.squad)
    else:
        held = held.filter(post__kind__in=VERBS["order.answer"], post__squad="")
    return [Recipient(row.person, row.post.title) for row in meant(held.order_by("pk"), now)]
