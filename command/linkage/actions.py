"""What happens to orders of a joint command centre. Each action: lock, check, change, record."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from clocks.actions import cancel_for_subject, carry_to_thread
from command.linkage import alerts, permissions, rules
from command.linkage.choices import LinkageVerb, Via
from command.linkage.delivery import call_off, queue_duty
from command.linkage.models import LinkageOrder
from command.linkage.transitions import check_order_rev, lock_order, move_order, record_entry
from common.database.numbers import next_number
from common.errors import Invalid, WrongState
from common.failpoints import crash_point
from common.revisions import save
from common.states import Transition
from common.text.personal_data import fit_to_keep
from common.text.typed import plain
from exchange.models import Incoming
from incidents import rules as incident_rules
from incidents.choices import Source
from incidents.models import Incident
from incidents.permissions import check_can_manage as check_can_manage_incident
from incidents.reporting.actions import Alarm, report_incident
from incidents.transitions import check_open, lock_incident
from notices.relevance.ending import settle_threads
from plans.engine.facts import Facts
from plans.lifecycle.queries import plan_in_force, plan_with_clock

_PROSE = ("nature", "place", "asked", "report_to")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a centre hands over. Its number and name are compared at normal width."""

    centre: str
    outside_number: str
    nature: str
    place: str
    asked: str
    received_at: datetime | None = None
    arrive_by: datetime | None = None
    report_to: str = ""

    def normal(self) -> "Asked":
        prose: dict[str, Any] = {name: fit_to_keep(getattr(self, name).strip()) for name in _PROSE}
        return replace(self, centre=plain(self.centre), outside_number=plain(self.outside_number), **prose)


def receive_order(
    *,
    reach: Reach,
    unit: Unit,
    asked: Asked,
    via: str,
    now: datetime,
    drill: bool = False,
    document: Incoming | None = None,
) -> tuple[LinkageOrder, bool]:
    """Record an order of a joint command centre; the plan's clocks start at its receipt. Returns it and whether it
    is new: the same outside number of the same centre gives the first one, whatever else is said the second time, and
    so does the same `document` of the exchange.

    Source: district linkage plan §3(1).
    """
    permissions.check_can_receive(reach, unit)
    asked = asked.normal()
    if found := _received(unit, asked, document):
        return found, False
    try:
        return _receive(reach, unit, asked, via, now, drill, document), True
    except IntegrityError:
        # Its twin was faster. What breaks a constraint without a twin goes on as the error it is.
        if found := _received(unit, asked, document):
            return found, False
        raise


def _received(unit: Unit, asked: Asked, document: Incoming | None) -> LinkageOrder | None:
    same = Q(unit=unit, centre=asked.centre, outside_number=asked.outside_number)
    if document:
        same |= Q(document=document)
    return LinkageOrder.objects.filter(same).select_related("unit", "incident").order_by("pk").first()


@transaction.atomic
def _receive(
    reach: Reach, unit: Unit, asked: Asked, via: str, now: datetime, drill: bool, document: Incoming | None
) -> LinkageOrder:
    received = _in_order(asked.received_at, now, "received_at")
    _check_said(asked)

    order = LinkageOrder(
        unit=unit,
        unit_path=unit.path,
        centre=asked.centre,
        outside_number=asked.outside_number,
        nature=asked.nature,
        place=asked.place,
        asked=asked.asked,
        arrive_by=asked.arrive_by,
        report_to=asked.report_to,
        received_at=received,
        recorded_at=now,
        received_by=reach.user,
        via=Via(via),
        document=document,
        plan=plan_with_clock(unit, rules.TRANSITIONS.begin.entry, now),
        drill=drill,
    )
    order.number = next_number(unit_code=unit.code, now=now, prefix="L-", drill=order.drill)
    order.save(force_insert=True)

    content = {
        "from": f"{order.centre} {order.outside_number}", "what": order.nature, "task": order.asked,
        "place": order.place, "report_to": order.report_to, "via": order.via,
        "arrive_by": order.arrive_by and order.arrive_by.isoformat(),
    }  # fmt: skip
    record_entry(order, rules.TRANSITIONS.begin.entry, reach, at=received, now=now, content=content)
    alerts.tell_duty_room(order, plan_in_force(unit, now).document, now=now)
    crash_point("linkage.before_commit")
    return order


@transaction.atomic
def open_incident(
    *, order_id: int, reach: Reach, now: datetime, facts: Facts | None = None, rev: int | None = None
) -> LinkageOrder:
    """Record the order as an incident of its own (source: linkage) and tie it to that."""
    order = lock_order(order_id)

    permissions.check_can_manage(reach, order)
    check_order_rev(order, rev)
    if order.incident:
        raise WrongState(
            "linkage_order_has_an_incident",
            _("No incident was recorded: %(number)s belongs to %(incident)s already. Go there.")
            % {"number": order.number, "incident": order.incident.number},
        )
    done = move_order(order, LinkageVerb.OPEN_INCIDENT)

    alarm = Alarm(
        unit=order.unit,
        place=order.place,
        what=f"{order.nature}：{order.asked}"[:500],
        facts=facts or Facts(),
        client_id=order.key,
        source=Source.LINKAGE,
        known_at=order.received_at,
        drill=order.drill,
    )
    incident, _is_new = report_incident(reach=reach, alarm=alarm, now=now)
    _tie(order, incident, done, reach, now)
    return order


@transaction.atomic
def tie_order(
    *, order_id: int, incident_id: int, reach: Reach, now: datetime, rev: int | None = None
) -> LinkageOrder:
    """Say that the order is about this open incident. One that was tied to another goes over."""
    incident = lock_incident(incident_id)
    order = lock_order(order_id)

    permissions.check_can_manage(reach, order)
    check_can_manage_incident(reach, incident)
    check_order_rev(order, rev)
    check_open(
        incident, _("The linkage order was not tied: %(number)s is no longer open. Choose one that is.")
    )
    if order.drill != incident.drill:
        raise WrongState(
            "drill_and_real",
            _("%(number)s was not tied to %(incident)s: one of them is a drill. Choose an incident of the same kind.")
            % {"number": order.number, "incident": incident.number},
        )  # fmt: skip
    done = move_order(order, LinkageVerb.TIE)

    _tie(order, incident, done, reach, now)
    return order


def _tie(order: LinkageOrder, incident: Incident, done: Transition, reach: Reach, now: datetime) -> None:
    before = order.incident
    content = {"into": incident.number, "before": before.number if before else "", "task": order.asked}
    if before:
        # Whoever has only that incident before them sees it go.
        record_entry(order, done.entry, reach, at=now, now=now, content=content)
    order.incident = incident
    save(order, "incident")
    carry_to_thread(subject=order.key, thread=incident.key, unit=incident.unit)
    settle_threads([order.key], now)

    record_entry(order, done.entry, reach, at=now, now=now, content=content)


@transaction.atomic
def report_for_duty(
    *,
    order_id: int,
    reach: Reach,
    to: str,
    now: datetime,
    at: datetime | None = None,
    note: str = "",
    rev: int | None = None,
) -> LinkageOrder:
    """Somebody is at the place and has reported to the official the centre named, or to whom they found there.

    Source: district linkage plan §4.3 (within thirty minutes; the plan's clock stops).
    """
    order = lock_order(order_id)

    permissions.check_can_report_for_duty(reach, order)
    check_order_rev(order, rev)
    receiver = fit_to_keep(to.strip()) or order.report_to
    if not receiver:
        raise Invalid(
            "receiver_missing",
            _("Nobody was reported for duty on %(number)s: say to whom, by post.") % {"number": order.number},
            fields={"receiver": [_("Say to whom, by post.")]},
        )
    happened = _since_receipt(order, at, now)
    done = move_order(order, LinkageVerb.REPORT_FOR_DUTY)

    order.checked_in_at, order.checked_in_by, order.checked_in_to = happened, reach.user, receiver
    save(order, "state", "checked_in_at", "checked_in_by", "checked_in_to")

    said = fit_to_keep(note.strip())
    content = {"to": receiver, "place": order.place, "note": said}
    record_entry(order, done.entry, reach, at=happened, now=now, content=content)
    queue_duty(order, reach, said, now)
    return order


@transaction.atomic
def complete_order(
    *,
    order_id: int,
    reach: Reach,
    now: datetime,
    at: datetime | None = None,
    note: str = "",
    rev: int | None = None,
) -> LinkageOrder:
    """Handling at the place is over; from now on the written report is due (§4.2)."""
    order = lock_order(order_id)

    permissions.check_can_manage(reach, order)
    check_order_rev(order, rev)
    happened = _since_receipt(order, at, now)
    done = move_order(order, LinkageVerb.COMPLETE)

    order.handled_at = happened
    save(order, "state", "handled_at")

    record_entry(order, done.entry, reach, at=happened, now=now, content={"note": fit_to_keep(note.strip())})
    return order


@transaction.atomic
def withdraw_order(
    *, order_id: int, reach: Reach, reason: str, now: datetime, rev: int | None = None
) -> LinkageOrder:
    """The centre takes its order back: nothing is due for it any more. The incident, if there is one, goes on."""
    order = lock_order(order_id)

    permissions.check_can_manage(reach, order)
    check_order_rev(order, rev)
    if not reason.strip():
        raise Invalid(
            "reason_missing",
            _("%(number)s was not changed: say how the centre withdrew it, in a few words.")
            % {"number": order.number},
            fields={"reason": [_("Say how the centre withdrew it.")]},
        )
    done = move_order(order, LinkageVerb.WITHDRAW)

    order.ended_at = now
    save(order, "state", "ended_at")
    call_off(order)
    cancel_for_subject(subject=order.key, now=now, reason="withdrawn by the centre")
    settle_threads([order.key], now)

    record_entry(order, done.entry, reach, at=now, now=now, content={"reason": fit_to_keep(reason.strip())})
    return order


def _since_receipt(order: LinkageOrder, at: datetime | None, now: datetime) -> datetime:
    happened = _in_order(at, now, "at")
    if happened < order.received_at:
        raise _bad_time("at", _("This time lies before the order was received."))
    return happened


def _in_order(at: datetime | None, now: datetime, field: str) -> datetime:
    happened = incident_rules.known_time(at, now)
    if happened is None:
        raise _bad_time(field, _("This time lies in the future."))
    return happened


def _bad_time(field: str, why: str) -> Invalid:
    return Invalid(
        "time_not_in_order",
        _("The linkage order was not changed: %(why)s Correct the time.") % {"why": why},
        fields={field: [why]},
    )


def _check_said(asked: Asked) -> None:
    """Whatever the door, an order says where it comes from, what happens, where, and what is asked."""
    needed = ("centre", "outside_number", "nature", "place", "asked")
    if missing := [name for name in needed if not getattr(asked, name)]:
        raise Invalid(
            "linkage_order_incomplete",
            _("The linkage order was not recorded: something it has to say is missing. Fill it in."),
            fields={name: [_("This is missing.")] for name in missing},
        )
