"""Who may do what with an order. Each check raises with the reason; buttons and API derive from it."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from command.orders import rules
from command.orders.choices import OrderVerb, TargetKind
from command.orders.models import Order, OrderStep
from command.orders.targets import Target, kinds_behind, no_such_recipient
from common.errors import NotAllowed
from incidents.models import Incident, shared_with


def check_can_issue(reach: Reach, incident: Incident) -> None:
    if not reach.holds("order.issue", incident.unit_path):
        raise NotAllowed(
            "not_allowed",
            _(
                "No order was issued: orders for %(number)s are given by its duty room or a leader. Phone them."
            )
            % {"number": incident.number},
        )


def check_may_be_ordered(reach: Reach, incident: Incident, units_of: Mapping[Target, Sequence[Unit]]) -> None:
    """An order opens the incident to whoever gets it: so it goes to units the giver commands, to those above the
    incident, and to neighbours it was shared with. A common superior commands both. Anybody else is answered like nobody.
    `units_of`: of each recipient."""
    far = {
        to: units for to, units in units_of.items() if not any(_is_near(reach, incident, u) for u in units)
    }
    shared = shared_with(incident, {unit for units in far.values() for unit in units}) if far else set()
    for to, units in far.items():
        if not any(unit.pk in shared for unit in units):
            raise no_such_recipient(to.typed)


def _is_near(reach: Reach, incident: Incident, unit: Unit) -> bool:
    return reach.holds("order.issue", unit.path) or incident.unit_path.startswith(unit.path)


def check_can_move(reach: Reach, order: Order, verb: str) -> bool:
    """Whether this person may do `verb`; returns True where it is done on the recipient's behalf."""
    by = rules.TRANSITIONS[verb].by
    if by == rules.SPOT:
        _check_can_confirm(reach, order)
        return False
    if by == rules.SYSTEM:
        raise NotAllowed(
            "nobody_does_this",
            _(
                "Order %(number)s was not changed: it is stood down by itself once enough have answered. Recall it."
            )
            % {"number": order.number},
        )
    if by == rules.SENDER:
        check_directs(reach, order)
        return False
    if is_recipient(reach, order):
        return False
    if reach.holds("order.answer_for", order.unit_path):
        return True
    raise NotAllowed(
        "not_your_order",
        _(
            "Order %(number)s was not changed: it is addressed to somebody else. Its recipient or the duty room answers it."
        )
        % {"number": order.number},
    )


def is_recipient(reach: Reach, order: Order) -> bool:
    """The named person, a member of the named squad, who holds the named post, is of the duty room, or answers the
    named unit's orders."""
    if order.target_kind == TargetKind.PERSON:
        return order.target_person_id == reach.user.pk
    return any(
        post.unit_id == order.target_unit_id
        and post.squad == order.target_squad
        and post.kind in kinds_behind(order.target_kind, order.target_role)
        for post in reach.posts
    )


def check_directs(reach: Reach, order: Order) -> None:
    if not reach.holds("order.issue", order.unit_path):
        raise NotAllowed(
            "not_allowed",
            _(
                "Order %(number)s was not recalled: only the duty room or a leader of the incident's unit recalls it."
            )
            % {"number": order.number},
        )


def _check_can_confirm(reach: Reach, order: Order) -> None:
    """The spot confirms, not the one who said "arrived": an honest arrival time has two sides."""
    on_the_spot = (
        reach.holds("incident.observe", order.unit_path) or order.incident.reported_by_id == reach.user.pk
    )
    said_so = OrderStep.objects.filter(order=order, verb=OrderVerb.ARRIVE, by=reach.user).exists()
    if not on_the_spot or said_so:
        raise NotAllowed(
            "arrival_needs_a_second_person",
            _(
                "The arrival on order %(number)s was not confirmed: somebody on the spot other than who reported it must confirm."
            )
            % {"number": order.number},
        )
