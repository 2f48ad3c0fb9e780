"""How an order's recipient is called on screen."""

from django import template
from django.utils.translation import get_language

from command.orders.choices import TargetKind
from command.orders.targets import target_of
from plans.document.sections import squads_of

register = template.Library()


@register.simple_tag
def order_recipient(order) -> str:
    """The person, the post, the squad by the plan's name with its unit, or the unit."""
    if order.target_kind in (TargetKind.ROLE, TargetKind.DUTY):
        return target_of(order).words
    if order.target_person_id:
        return str(order.target_person)
    if not order.target_squad:
        return str(order.target_unit)
    words = next(
        (s.words for s in squads_of(order.incident.plan.document) if s.id == order.target_squad), None
    )
    return f"{words.in_language(get_language()) if words else order.target_squad} · {order.target_unit}"
