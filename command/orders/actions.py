"""What happens to orders. Each action: lock, check, change, record."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.actions import cancel_for_subject, record_with_clocks
from command.enough.actions import follow_answer, lock_quorum
from command.orders import alerts, permissions, rules
from command.orders.choices import OrderState, OrderVerb, TargetKind
from command.orders.issuing import Asked, issue_on_locked
from command.orders.models import Order, OrderStep
from command.orders.targets import Target, target_of
from command.orders.targets import read_target as read_target
from common.errors import Invalid
from common.failpoints import crash_point
from common.revisions import check_rev, save
from common.states import check_move
from incidents.transitions import check_open, lock_incident
from notices.actions import acknowledge_about
from notices.relevance.ending import settle_threads, told_of

#: What changes how many come of a call of which some are enough.
_COUNTED = (OrderVerb.ACKNOWLEDGE, OrderVerb.DECLINE, OrderVerb.RECALL)


def issue_order(
    *,
    incident_id: int,
    reach: Reach,
    target: Target,
    task: str,
    now: datetime,
    arrive_by: datetime | None = None,
    checklist: str = "",
) -> Order:
    """Give an order. Its recipient sees it at once, may see the incident, and the plan's clocks start.

    Without `arrive_by` the plan's own time counts. Raises WrongState where the squad already has a live
    order in this incident or nobody is on duty, Invalid for a time that has passed.
    """
    (order,) = issue_orders(
        incident_id=incident_id,
        reach=reach,
        targets=[target],
        task=task,
        arrive_by=arrive_by,
        checklist=checklist,
        now=now,
    )
    return order


@transaction.atomic
def issue_orders(
    *,
    incident_id: int,
    reach: Reach,
    targets: Iterable[Target],
    task: str,
    now: datetime,
    arrive_by: datetime | None = None,
    checklist: str = "",
) -> list[Order]:
    """The same order to each of several, in one write: all of them or none."""
    incident = lock_incident(incident_id)

    permissions.check_can_issue(reach, incident)
    check_open(incident, _("No order was issued: %(number)s is no longer open."))
    asked = [Asked(target, task, arrive_by, checklist) for target in dict.fromkeys(targets)]
    if not asked:
        raise Invalid(
            "no_recipient",
            _("No order was issued: choose at least one recipient."),
            fields={"to": [_("Choose at least one.")]},
        )
    return issue_on_locked(incident, asked, reach=reach, now=now)


@transaction.atomic
def move_order(
    *,
    order_id: int,
    reach: Reach,
    verb: str,
    now: datetime,
    note: str = "",
    rev: int | None = None,
    by_link: bool = False,
    place: str = "",
) -> Order:
    """Carry an order one step on: acknowledge, depart, arrive, confirm-arrival, complete, decline or recall.

    Whoever directs the incident may answer for the recipient (a squad that can only phone); the step is
    marked as done on its behalf. `by_link`: through the link in this person's message. `place`: where
    the code was shown that its recipient typed; that is the arrival's other side. Raises WrongState with what
    has happened instead.
    """
    quorum = lock_quorum(order_id) if verb in _COUNTED else None
    order = (
        Order.objects.select_for_update(of=("self",))
        .select_related("incident__plan", "incident__unit", "unit", "target_unit")
        .get(pk=order_id)
    )

    on_behalf = False if place else permissions.check_can_move(reach, order, verb)
    changed = _(
        "Order %(number)s was not changed: somebody changed it after you opened the page. Look again, then repeat."
    )
    check_rev(order, rev, changed % {"number": order.number})
    done = check_move(order, rules.TRANSITIONS, verb, lambda: wrong_state(order))
    if (on_behalf or verb in rules.NEEDS_REASON) and not note.strip():
        raise Invalid(
            "reason_missing",
            _("Order %(number)s was not changed: say why, in a few words.") % {"number": order.number},
            fields={"note": [_("Say why, in a few words.")]},
        )

    order.state = state = done.to or order.state
    order.ended_at = None if order.is_live else now
    save(order, "state", "ended_at")
    title = reach.title_for("order.answer_for" if on_behalf else "order.answer", order.unit_path)
    OrderStep.objects.create(
        order=order,
        verb=verb,
        state=state,
        at=now,
        by=reach.user,
        post=title,
        on_behalf=on_behalf,
        note=note,
        by_link=by_link,
        place=place,
    )
    if state in (OrderState.DECLINED, OrderState.RECALLED):
        cancel_for_subject(subject=order.key, now=now, reason=state)
    if not on_behalf:
        acknowledge_about(subject=order.key, actor=reach.user, now=now)
    if not order.is_live:
        _end_notices(order, reach, now)

    content = {"to": _target_text(order), "on_behalf": on_behalf, "note": note}
    content |= ({"by_link": True} if by_link else {}) | ({"place": place} if place else {})
    _record(order, done.entry, reach, now, content, post=title)
    if quorum:
        follow_answer(quorum, verb, now)
    crash_point("orders.before_step_commit")
    return order


def _end_notices(order: Order, reach: Reach, now: datetime) -> None:
    """Nobody is called about it any more; who was told of an order that is recalled hears that it is."""
    told = told_of([order.key], alerts.ISSUED)
    settle_threads([order.incident.key], now)
    if order.state == OrderState.RECALLED:
        others = [one for one in told if one.person.pk != reach.user.pk]
        alerts.tell_recalled(order, others, now=now)


def wrong_state(order: Order) -> str:
    if order.state == OrderState.STOOD_DOWN:
        return _("Order %(number)s was not changed: enough have answered, you need not come.") % {
            "number": order.number
        }
    last = order.steps.last()
    return _(
        "Order %(number)s was not changed: it is %(state)s since %(time)s. Reload the page to see what can be done."
    ) % {
        "number": order.number,
        "state": order.get_state_display(),
        "time": f"{localtime(last.at):%H:%M}" if last else "",
    }


def _target_text(order: Order) -> str:
    if order.target_kind == TargetKind.PERSON:
        return str(order.target_person)
    if order.target_kind in (TargetKind.ROLE, TargetKind.DUTY):
        return str(target_of(order))
    code = order.target_unit.code if order.target_unit else ""
    return f"{order.target_squad}@{code}" if order.target_squad else code


def _record(order: Order, kind: str, reach: Reach, now: datetime, content: dict, *, post: str) -> None:
    record_with_clocks(
        kind,
        subject=order.key,
        thread=order.incident.key,
        unit=order.unit,
        actor=reach.user,
        post=post or order.issuer_post,
        at=now,
        level=order.incident.shown_level,
        plan=order.incident.plan.ref,
        content={"number": order.number, **content},
        drill=order.drill,
    )
