"""Giving orders: one, or many in one write. What is read is read once for all, and each table is written once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.actions import record_many_with_clocks
from clocks.durations import due_at
from clocks.working_days.calendar import Calendar
from command.orders import alerts, permissions, rules
from command.orders.choices import TargetKind
from command.orders.models import Order
from command.orders.targets import Behind, Target, behind
from common.database.inserts import Rows
from common.database.numbers import next_numbers
from common.errors import Invalid, WrongState
from common.failpoints import crash_point
from incidents.models import Incident
from incidents.sharing import let_take_part
from plans.document.general import arrive_within, order_clocks
from plans.engine.evaluation import Document

_ORDERS = Rows(Order)


class Asked(NamedTuple):
    """An order that is to go out. Without `arrive_by` the plan's own time counts."""

    target: Target
    task: str
    arrive_by: datetime | None = None
    #: One thing a line.
    checklist: str = ""


def issue_on_locked(
    incident: Incident, asked: Sequence[Asked], *, reach: Reach, now: datetime
) -> list[Order]:
    """Give these orders, all or none, in an incident that the caller has locked and may give orders in.

    The statements do not grow with the orders. Raises what `issue_order` does.
    """
    if not asked:
        return []
    _check_times(asked, now)
    found = behind((one.target for one in asked), now)
    permissions.check_may_be_ordered(reach, incident, found.units)
    _check_somebody_is_on_duty(found)
    _check_squads_are_free(incident, [one.target for one in asked])

    document = incident.plan.document
    orders = _orders(incident, asked, _Times(document, now), reach, now)
    _ORDERS.insert_each(orders)
    let_take_part(
        incident=incident,
        posts=(post for posts in found.posts.values() for post in posts),
        people=(one.target.person for one in asked if one.target.person),
    )

    record_many_with_clocks(
        rules.TRANSITIONS.begin.entry,
        [_about(order, one, reach, now) for order, one in zip(orders, asked, strict=True)],
        deadlines=_deadlines(document, orders),
    )
    alerts.tell_recipients(
        [(order, found.people[one.target]) for order, one in zip(orders, asked, strict=True)], now=now
    )
    crash_point("orders.before_commit")
    return orders


def _orders(
    incident: Incident, asked: Sequence[Asked], times: "_Times", reach: Reach, now: datetime
) -> list[Order]:
    numbers = next_numbers(
        len(asked), unit_code=incident.unit.code, now=now, prefix="O-", drill=incident.drill
    )
    post = reach.title_for("order.issue", incident.unit_path)
    return [
        Order(
            number=number,
            incident=incident,
            unit=incident.unit,
            unit_path=incident.unit_path,
            target_kind=one.target.kind,
            target_unit=one.target.unit,
            target_squad=one.target.squad,
            target_person=one.target.person,
            target_role=one.target.role,
            task=one.task,
            checklist=one.checklist,
            issued_at=now,
            issued_by=reach.user,
            issuer_post=post,
            arrive_by=one.arrive_by or times.of_the_plan(one.target),
            drill=incident.drill,
        )
        for number, one in zip(numbers, asked, strict=True)
    ]


def _about(order: Order, asked: Asked, reach: Reach, now: datetime) -> dict:
    return {
        "subject": order.key,
        "thread": order.incident.key,
        "unit": order.unit,
        "actor": reach.user,
        "post": order.issuer_post,
        "at": now,
        "level": order.incident.shown_level,
        "plan": order.incident.plan.ref,
        "drill": order.drill,
        "content": {
            "number": order.number,
            "to": str(asked.target),
            "task": order.task,
            **({"checklist": order.checklist_lines} if order.checklist else {}),
            "arrive_by": order.arrive_by and order.arrive_by.isoformat(),
        },
    }


def _check_times(asked: Iterable[Asked], now: datetime) -> None:
    if any(one.arrive_by and one.arrive_by <= now for one in asked):
        raise Invalid(
            "arrive_by_in_the_past",
            _("No order was issued: the arrival time has already passed. Give a later one."),
            fields={"arrive_by": [_("This time has already passed.")]},
        )


def _check_somebody_is_on_duty(found: Behind) -> None:
    for target, people in found.people.items():
        if target.kind == TargetKind.DUTY and not people:
            raise WrongState(
                "nobody_on_duty",
                _(
                    "No order was issued: nobody is on duty at %(unit)s now, so nobody would read it. Put somebody on its roster, or give the order to a post, a squad or a person."
                )
                % {"unit": target.unit},
            )


def _check_squads_are_free(incident: Incident, targets: Sequence[Target]) -> None:
    squads = [target for target in targets if target.kind == TargetKind.SQUAD]
    if not squads:
        return
    if twice := next((target for target in squads if squads.count(target) > 1), None):
        raise WrongState(
            "squad_has_an_order",
            _("No order was issued: %(to)s would get two in this incident. Give it one order.")
            % {"to": twice},
        )
    live = Order.objects.live().filter(incident=incident, target_kind=TargetKind.SQUAD)
    busy = {(order.target_unit_id, order.target_squad): order.number for order in live}
    for target in squads:
        if target.unit and (number := busy.get((target.unit.pk, target.squad))):
            raise WrongState(
                "squad_has_an_order",
                _(
                    "No order was issued: %(to)s already has order %(number)s in this incident. Complete or recall that one first."
                )
                % {"to": target, "number": number},
            )


class _Times:
    """The plan's own arrival times, each reckoned once."""

    def __init__(self, document: Document, now: datetime) -> None:
        self._document, self._now = document, now
        self._calendar = Calendar()
        self._known: dict[str, datetime | None] = {}

    def of_the_plan(self, target: Target) -> datetime | None:
        """The general one where the plan is silent about such recipients."""
        pace = "first_responder" if target.kind == TargetKind.PERSON else "squad"
        if pace not in self._known:
            within = arrive_within(self._document, pace)
            self._known[pace] = due_at(self._now, within, self._calendar).at if within else None
        return self._known[pace]


def _deadlines(document: Document, orders: Iterable[Order]) -> list[dict[str, datetime]]:
    """For each order its own time for every clock that the plan leaves to it."""
    given = [
        clock.id
        for clock in order_clocks(document)
        if clock.start == "order.issued" and clock.duration == "given"
    ]
    return [dict.fromkeys(given, order.arrive_by) if order.arrive_by else {} for order in orders]
