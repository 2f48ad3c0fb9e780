"""An order to a post, or to whoever is on duty, that nobody has answered yet goes on to whoever comes next.

The person changes with a shift, a delegation, an appointment: nobody does it, so somebody looks.
"""

from datetime import datetime

from django.db import transaction

from clocks.actions import record_with_clocks
from command.orders import alerts
from command.orders.choices import OrderState, TargetKind
from command.orders.models import Order
from command.orders.targets import recipients_of, target_of
from common.alone import Loop
from notices.models import Notice
from notices.recipients import Recipient

CHANGES = Loop("orders.on_duty")
KIND = "order.passed_on"


def follow_duty(now: datetime, limit: int = 200) -> int:
    """Tell who answers for such an order only now. Any number of processes may."""
    waiting = Order.objects.filter(
        state=OrderState.ISSUED, target_kind__in=[TargetKind.ROLE, TargetKind.DUTY]
    )
    pks = CHANGES.pick(waiting.order_by("pk"), now, limit)
    return CHANGES.each(pks, lambda pk: pass_on(order_id=pk, now=now), now)


def pass_on(*, order_id: int, now: datetime) -> int:
    """The same for one order. Looked at without a lock first: nearly always nobody new is there."""
    order = Order.objects.select_related("target_unit").get(pk=order_id)
    return _pass_on(order_id, now) if _untold(order, now) else 0


@transaction.atomic
def _pass_on(order_id: int, now: datetime) -> int:
    order = (
        Order.objects.select_for_update(of=("self",))
        .select_related("incident__plan", "incident__unit", "unit", "target_unit")
        .get(pk=order_id)
    )
    people = _untold(order, now)
    if order.state != OrderState.ISSUED or not people:
        return 0

    record_with_clocks(
        KIND,
        subject=order.key,
        thread=order.incident.key,
        unit=order.unit,
        actor=None,
        at=now,
        level=order.incident.shown_level,
        plan=order.incident.plan.ref,
        content={
            "number": order.number,
            "to": str(target_of(order)),
            "came": [one.person.username for one in people],
            "title_zh": "→ " + "、".join(str(one.person) for one in people),
            "title_en": "→ " + ", ".join(str(one.person) for one in people),
        },
        drill=order.drill,
    )
    alerts.tell_next(order, people, now=now)
    return len(people)


def _untold(order: Order, now: datetime) -> list[Recipient]:
    people = recipients_of(target_of(order), now)
    told = Notice.objects.filter(subject=order.key, purpose=alerts.ISSUED)
    known = set(told.values_list("recipient_id", flat=True)) if people else set()
    return [one for one in people if one.person.pk not in known]
