"""Ordering several of whom some are enough, and what follows once so many have acknowledged."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.actions import cancel_for_subject, record_with_clocks
from command.enough import alerts, queries
from command.enough.models import Quorum
from command.orders import permissions, rules
from command.orders.choices import OrderState, OrderVerb
from command.orders.issuing import Asked, issue_on_locked
from command.orders.models import Order, OrderStep
from command.orders.targets import target_of
from common.errors import Invalid, WrongState
from common.revisions import save
from common.states import check_move
from incidents.transitions import check_open, lock_incident
from notices.relevance.ending import settle_threads, told_of
from plans.document.general import enough_of


@transaction.atomic
def call_several(
    *, incident_id: int, reach: Reach, asked: Sequence[Asked], now: datetime, enough: int | None = None
) -> list[Order]:
    """Give the same order to several, all or none; `enough` of them that acknowledge stand the others down.

    Without `enough` the plan's own number counts.
    """
    incident = lock_incident(incident_id)

    permissions.check_can_issue(reach, incident)
    check_open(incident, _("No order was issued: %(number)s is no longer open."))
    enough = enough or enough_of(incident.plan.document) or 0
    if not 1 <= enough < len(asked):
        raise Invalid(
            "enough_of_how_many",
            _(
                "No order was issued: how many are enough has to be at least 1 and fewer than are called (%(n)d)."
            )
            % {"n": len(asked)},
            fields={"enough": [_("At least 1, and fewer than are called.")]},
        )
    orders = issue_on_locked(incident, asked, reach=reach, now=now)

    quorum = Quorum.objects.create(incident=incident, needed=enough)
    quorum.orders.set(orders)
    record_with_clocks(
        "order.enough_said",
        subject=incident.key,
        thread=incident.key,
        unit=incident.unit,
        actor=reach.user,
        post=reach.title_for("order.issue", incident.unit_path),
        at=now,
        level=incident.shown_level,
        plan=incident.plan.ref,
        drill=incident.drill,
        content={"orders": [order.number for order in orders], "enough": enough},
    )
    return orders


def lock_quorum(order_id: int) -> Quorum | None:
    """The call that the order belongs to, locked before the order: of two who answer at once one is first."""
    pk = Quorum.objects.filter(orders=order_id, reopened_at=None).values_list("pk", flat=True).first()
    return Quorum.objects.select_for_update().get(pk=pk) if pk else None


def follow_answer(quorum: Quorum, verb: str, now: datetime) -> None:
    """What an answer means for the others of its call, which the caller has locked: once enough have said that they
    come, the rest need not; when one of these falls out afterwards, the duty room hears how many are to be called."""
    if verb == OrderVerb.ACKNOWLEDGE:
        stand_down_rest(quorum, now)
    elif quorum.met_at and (missing := queries.missing_of(quorum)):
        alerts.tell_short(quorum, missing, now=now)


@transaction.atomic
def call_rest(*, quorum_id: int, reach: Reach, now: datetime) -> list[Order]:
    """Give the order again to those who were stood down, in one act; as many as are missing are enough.

    Raises WrongState where nobody is missing any more, or the rest has been called already.
    """
    incident = lock_incident(Quorum.objects.values_list("incident_id", flat=True).get(pk=quorum_id))
    quorum = Quorum.objects.select_for_update().get(pk=quorum_id)

    permissions.check_can_issue(reach, incident)
    check_open(incident, _("No order was issued: %(number)s is no longer open."))
    missing = queries.missing_of(quorum) if quorum.reopened_at is None else 0
    rest = list(
        quorum.orders.filter(state=OrderState.STOOD_DOWN)
        .select_related("target_unit", "target_person")
        .order_by("pk")
    )
    if not (missing and rest):
        raise WrongState(
            "nobody_is_missing",
            _("No order was issued: enough are coming, or the others have been called already."),
        )
    quorum.reopened_at = now
    quorum.save(update_fields=["reopened_at"])
    asked = [Asked(target_of(order), order.task, checklist=order.checklist) for order in rest]
    settle_threads([incident.key], now)
    if missing < len(asked):
        return call_several(incident_id=incident.pk, reach=reach, asked=asked, enough=missing, now=now)
    return issue_on_locked(incident, asked, reach=reach, now=now)


def stand_down_rest(quorum: Quorum, now: datetime) -> list[Order]:
    """Once enough have acknowledged, end the orders that nobody has answered. The caller has locked the call."""
    if quorum.met_at:
        return []
    orders = Order.objects.filter(quorums=quorum)
    if orders.filter(state__in=rules.COMING).count() < quorum.needed:
        return []
    quorum.met_at = now
    quorum.save(update_fields=["met_at"])
    rest = orders.filter(state=OrderState.ISSUED).values_list("pk", flat=True)
    found = (
        Order.objects.select_for_update(of=("self",))
        .select_related("incident__plan", "unit", "target_unit", "issued_by")
        .filter(pk__in=list(rest), state=OrderState.ISSUED)
        .order_by("pk")
    )
    return [_stand_down(order, now) for order in found]


def _stand_down(order: Order, now: datetime) -> Order:
    done = check_move(order, rules.TRANSITIONS, OrderVerb.STAND_DOWN, lambda: "")
    told = told_of([order.key], "order.issued", also_waiting=True)
    order.state, order.ended_at = done.to or order.state, now
    save(order, "state", "ended_at")
    OrderStep.objects.create(
        order=order,
        verb=OrderVerb.STAND_DOWN,
        state=order.state,
        at=now,
        by=order.issued_by,
        post=order.issuer_post,
    )
    cancel_for_subject(subject=order.key, now=now, reason=order.state)
    settle_threads([order.incident.key], now)
    record_with_clocks(
        done.entry,
        subject=order.key,
        thread=order.incident.key,
        unit=order.unit,
        actor=None,
        at=now,
        level=order.incident.shown_level,
        plan=order.incident.plan.ref,
        drill=order.drill,
        content={"number": order.number, "task": order.task},
    )
    alerts.tell_stood_down(order, told, now=now)
    return order
