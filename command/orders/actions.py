"""What happens to orders. Each action: lock, check, change, record."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.choices import PostKind
from accounts.models import Appointment, Post, Unit
from accounts.queries import open_unit, user_named
from accounts.scope import Reach
from accounts.verbs import VERBS
from clocks.actions import cancel_for_subject, record_with_clocks
from clocks.durations import due_at
from clocks.working_days.calendar import Calendar
from command.orders import alerts, permissions, rules
from command.orders.alerts import Target
from command.orders.choices import OrderState, TargetKind
from command.orders.models import Order, OrderStep
from common.database.numbers import next_number
from common.errors import Invalid, WrongState
from common.failpoints import crash_point
from common.revisions import check_rev, save
from common.states import check_move
from common.text import codes
from incidents.models import Incident
from incidents.sharing import let_take_part
from incidents.transitions import check_open, lock_incident
from notices.actions import acknowledge_about
from notices.relevance.ending import settle_threads, told_of
from plans.document.sections import arrive_within, clocks_of
from plans.engine.evaluation import Document


def read_target(text: str) -> Target:
    """Read `unit:CODE`, `squad:ID@CODE` or `person:USERNAME`. Raises Invalid if there is no such recipient."""
    kind, _colon, name = text.partition(":")
    if kind == TargetKind.UNIT and (unit := open_unit(name)):
        return Target(TargetKind.UNIT, unit=unit)
    if kind == TargetKind.SQUAD:
        typed, _at, code = name.partition("@")
        squad, unit = codes.squad(typed), open_unit(code)
        if (
            unit
            and squad
            and Post.objects.filter(unit=unit, kind=PostKind.SQUAD, squad=squad, closed_at=None).exists()
        ):
            return Target(TargetKind.SQUAD, unit=unit, squad=squad)
    if kind == TargetKind.PERSON and (person := user_named(name)) and person.is_active:
        return Target(TargetKind.PERSON, person=person)
    raise Invalid(
        "unknown_recipient",
        _(
            "No order was issued: there is no recipient %(to)s. Choose a unit, a squad or a person from the list."
        )
        % {"to": text},
        fields={"to": [_("There is no such recipient.")]},
    )


@transaction.atomic
def issue_order(
    *,
    incident_id: int,
    reach: Reach,
    target: Target,
    task: str,
    now: datetime,
    arrive_by: datetime | None = None,
) -> Order:
    """Give an order. Its recipient sees it at once, may see the incident, and the plan's clocks start.

    Without `arrive_by` the plan's own time counts. Raises WrongState where the squad already has a live
    order in this incident, Invalid for a time that has passed.
    """
    incident = lock_incident(incident_id)

    permissions.check_can_issue(reach, incident)
    check_open(incident, _("No order was issued: %(number)s is no longer open."))
    return issue_on_locked(incident, reach=reach, target=target, task=task, arrive_by=arrive_by, now=now)


def issue_on_locked(
    incident: Incident,
    *,
    reach: Reach,
    target: Target,
    task: str,
    arrive_by: datetime | None,
    now: datetime,
) -> Order:
    """`issue_order` for an incident that the caller has locked and may give orders in."""
    if arrive_by and arrive_by <= now:
        raise Invalid(
            "arrive_by_in_the_past",
            _("No order was issued: the arrival time has already passed. Give a later one."),
            fields={"arrive_by": [_("This time has already passed.")]},
        )
    permissions.check_may_be_ordered(reach, incident, _units_of(target, now), str(target))
    _check_squad_is_free(incident, target)

    document = incident.plan.document
    order = Order(
        incident=incident,
        unit=incident.unit,
        unit_path=incident.unit_path,
        target_kind=target.kind,
        target_unit=target.unit,
        target_squad=target.squad,
        target_person=target.person,
        task=task,
        issued_at=now,
        issued_by=reach.user,
        issuer_post=reach.title_for("order.issue", incident.unit_path),
        arrive_by=arrive_by or _time_of_the_plan(document, target, now),
        drill=incident.drill,
    )
    order.number = next_number(unit_code=incident.unit.code, now=now, prefix="O-")
    order.save(force_insert=True)
    let_take_part(incident=incident, posts=_posts_of(target), person=target.person)

    content = {"to": str(target), "task": task, "arrive_by": order.arrive_by and order.arrive_by.isoformat()}
    _record(order, rules.TRANSITIONS.begin.entry, reach, now, content, deadlines=_deadlines(document, order))
    alerts.tell_recipient(order, target=target, now=now)
    crash_point("orders.before_commit")
    return order


@transaction.atomic
def move_order(
    *, order_id: int, reach: Reach, verb: str, now: datetime, note: str = "", rev: int | None = None
) -> Order:
    """Carry an order one step on: acknowledge, depart, arrive, confirm-arrival, complete, decline or recall.

    Whoever directs the incident may answer for the recipient (a squad that can only phone); the step is
    marked as done on its behalf. Raises WrongState with what has happened instead.
    """
    order = (
        Order.objects.select_for_update(of=("self",))
        .select_related("incident__plan", "incident__unit", "unit", "target_unit")
        .get(pk=order_id)
    )

    on_behalf = permissions.check_can_move(reach, order, verb)
    changed = _(
        "Order %(number)s was not changed: somebody changed it after you opened the page. Look again, then repeat."
    )
    check_rev(order, rev, changed % {"number": order.number})
    done = check_move(order, rules.TRANSITIONS, verb, lambda: _wrong_state(order))
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
        order=order, verb=verb, state=state, at=now, by=reach.user, post=title, on_behalf=on_behalf, note=note
    )
    if state in (OrderState.DECLINED, OrderState.RECALLED):
        cancel_for_subject(subject=order.key, now=now, reason=state)
    if not on_behalf:
        acknowledge_about(subject=order.key, actor=reach.user, now=now)
    if not order.is_live:
        _end_notices(order, reach, now)

    content = {"to": _target_text(order), "on_behalf": on_behalf, "note": note}
    _record(order, done.entry, reach, now, content, post=title)
    crash_point("orders.before_step_commit")
    return order


def _end_notices(order: Order, reach: Reach, now: datetime) -> None:
    """Nobody is called about it any more; who was told of an order that is recalled hears that it is."""
    told = told_of([order.key], alerts.ISSUED)
    settle_threads([order.incident.key], now)
    if order.state == OrderState.RECALLED:
        others = [one for one in told if one.person.pk != reach.user.pk]
        alerts.tell_recalled(order, others, now=now)


def _check_squad_is_free(incident: Incident, target: Target) -> None:
    if target.kind != TargetKind.SQUAD:
        return
    busy = (
        Order.objects.live()
        .filter(incident=incident, target_unit=target.unit, target_squad=target.squad)
        .first()
    )
    if busy:
        raise WrongState(
            "squad_has_an_order",
            _(
                "No order was issued: %(to)s already has order %(number)s in this incident. Complete or recall that one first."
            )
            % {"to": target, "number": busy.number},
        )


def _wrong_state(order: Order) -> str:
    last = order.steps.last()
    return _(
        "Order %(number)s was not changed: it is %(state)s since %(time)s. Reload the page to see what can be done."
    ) % {
        "number": order.number,
        "state": order.get_state_display(),
        "time": f"{localtime(last.at):%H:%M}" if last else "",
    }


def _posts_of(target: Target) -> list[Post]:
    """The posts whose holders the order reaches; they may see the incident from now on."""
    if target.kind == TargetKind.PERSON:
        return []
    posts = Post.objects.filter(unit=target.unit, closed_at__isnull=True)
    if target.kind == TargetKind.SQUAD:
        return list(posts.filter(kind=PostKind.SQUAD, squad=target.squad))
    return list(posts.filter(kind__in=VERBS["order.answer"], squad=""))


def _units_of(target: Target, now: datetime) -> list[Unit]:
    """The unit it goes to, or those of the posts the person holds now."""
    if target.person is None:
        return [target.unit] if target.unit else []
    return list(
        Unit.objects.filter(
            posts__appointments__in=Appointment.objects.current(now).filter(person=target.person)
        ).distinct()
    )


def _pace(target: Target) -> str:
    """Which of the plan's arrival times applies."""
    return "first_responder" if target.kind == TargetKind.PERSON else "squad"


def _time_of_the_plan(document: Document, target: Target, now: datetime) -> datetime | None:
    """The plan's own arrival time for such a recipient; None where it is silent."""
    within = arrive_within(document, _pace(target))
    return due_at(now, within, Calendar()).at if within else None


def _deadlines(document: Document, order: Order) -> dict[str, datetime]:
    """The order's own time for every clock that the plan leaves to it."""
    if order.arrive_by is None:
        return {}
    return {
        clock.id: order.arrive_by
        for clock in clocks_of(document)
        if clock.start == "order.issued" and clock.duration == "given"
    }


def _target_text(order: Order) -> str:
    if order.target_kind == TargetKind.PERSON:
        return str(order.target_person)
    code = order.target_unit.code if order.target_unit else ""
    return f"{order.target_squad}@{code}" if order.target_squad else code


def _record(
    order: Order,
    kind: str,
    reach: Reach,
    now: datetime,
    content: dict,
    deadlines: dict[str, datetime] | None = None,
    post: str = "",
) -> None:
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
        deadlines=deadlines,
        drill=order.drill,
    )
