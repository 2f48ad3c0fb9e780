"""What every act on a linkage order stands on: its lock, its checks, its move and its entry."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.actions import record_with_clocks
from command.linkage import rules
from command.linkage.models import LinkageOrder
from common.revisions import check_rev
from common.states import Transition, move


def lock_order(order_id: int) -> LinkageOrder:
    """Lock the order, then read it with its incident. In one go PostgreSQL would join the incident of the moment at
    which we began to wait: of an order that was tied meanwhile, none."""
    LinkageOrder.objects.select_for_update().values_list("pk").get(pk=order_id)
    return LinkageOrder.objects.select_related("unit", "incident__unit", "incident__plan").get(pk=order_id)


def check_order_rev(order: LinkageOrder, rev: int | None) -> None:
    sentence = _(
        "%(number)s was not changed: somebody changed it after you opened the page. Look again, then repeat."
    )
    check_rev(order, rev, sentence % {"number": order.number})


def move_order(order: LinkageOrder, verb: str) -> Transition:
    return move(
        order,
        rules.TRANSITIONS,
        verb,
        lambda: (
            _(
                "Nothing was changed on %(number)s: it is “%(state)s”. Reload the page to see what can be done."
            )
            % {"number": order.number, "state": order.get_state_display()}
        ),
    )


def record_entry(
    order: LinkageOrder, kind: str, reach: Reach, *, at: datetime, now: datetime, content: dict[str, Any]
) -> None:
    """In the incident's thread and at its unit, where there is one: who sees the incident sees what becomes of the
    order. By the plan under which the order's clocks run."""
    record_with_clocks(
        kind,
        subject=order.key,
        thread=order.thread,
        unit=order.incident.unit if order.incident else order.unit,
        actor=reach.user,
        post=reach.title_for("incident.view", order.unit_path),
        at=at,
        recorded_at=now,
        level=order.incident.shown_level if order.incident else "",
        plan=order.plan,
        drill=order.drill,
        content={"number": order.number, **content},
    )
