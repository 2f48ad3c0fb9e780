"""Who shows a code, and who may type it: never the same person."""

from django.utils.translation import gettext as _

from accounts.scope import Reach
from command.orders.models import Order
from command.orders.permissions import is_recipient
from common.errors import NotAllowed
from incidents.models import Incident


def may_show(reach: Reach, unit_path: str) -> bool:
    """Who may confirm an arrival by hand: the duty room, leaders and the desks of the place's unit."""
    return reach.holds("incident.observe", unit_path)


def check_can_show(reach: Reach, incident: Incident) -> None:
    if not may_show(reach, incident.unit_path):
        raise NotAllowed(
            "not_allowed",
            _(
                "The code was not shown: the desk, the duty room or a leader of %(unit)s shows it. Ask whoever receives you there."
            )
            % {"unit": incident.unit},
        )


def check_can_type(reach: Reach, order: Order) -> None:
    """Its recipient, unless the code is shown to them as well: an arrival has two sides."""
    if not is_recipient(reach, order):
        raise NotAllowed(
            "not_your_order",
            _("Order %(number)s was not changed: it is addressed to somebody else.")
            % {"number": order.number},
        )
    if may_show(reach, order.unit_path):
        raise NotAllowed(
            "arrival_needs_a_second_person",
            _(
                "The arrival on order %(number)s was not confirmed: the code is shown to you as well, so it proves nothing. Somebody else on the spot confirms."
            )
            % {"number": order.number},
        )
