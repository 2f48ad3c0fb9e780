"""The next step of one incident for one reader, out of what its page has read: hardly a query of its own."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.scope import Reach
from cases.demands.models import Demand
from clocks.models import Clock
from clocks.rulebook import rules_for
from command.activation.queries import Whole
from command.orders.choices import OrderState, OrderVerb
from command.orders.permissions import check_can_issue
from command.orders.queries import OrderCard
from command.report_chain.permissions import check_can_write
from command.statements.queries import OfStatements
from common.errors import is_allowed
from dashboards.next_step.rules import ACTIVE, OVER, STOPPED_BY, Chosen, Situation, Step, applying, next_step
from dashboards.next_step.words import PROPOSED, WAITS, WORDS
from early_warnings import permissions as warning_permissions
from early_warnings import queries as warning_queries
from early_warnings.choices import State as Warned
from early_warnings.models import EarlyWarning
from early_warnings.rules import PENDING, SIGNED, STANDING
from incidents import permissions
from incidents.checklist.queries import checklist
from incidents.models import NO_RANK, Incident
from incidents.serializers import reasons_in, said_once
from plans.document.packages import package_at
from plans.engine.evaluation import level_of, levels_of

#: What the reader answers with one tap, in this order of an order's way.
_TAPS = (OrderVerb.ACKNOWLEDGE, OrderVerb.DEPART, OrderVerb.ARRIVE, OrderVerb.COMPLETE)


class Seen(NamedTuple):
    """What the page has read of the incident; nothing of it is read twice."""

    warnings: Sequence[EarlyWarning]
    orders: Sequence[OrderCard]
    is_call_short: bool
    whole: Whole | None
    may_start: bool
    clocks: Sequence[Clock]
    demands: Sequence[Demand]
    statements: OfStatements


class Button(NamedTuple):
    """The one blue button: a link, or a form that is sent with one tap."""

    step: Step
    label: str
    address: str
    is_tap: bool = False
    form_id: str = ""
    #: What the tap says beside its address.
    name: str = ""
    value: str = ""


class NextStep(NamedTuple):
    """What the strip on top of the page says."""

    step: Step
    is_mine: bool
    sentence: str
    #: The plan's clause where a time limit of the plan says by when.
    cite: str
    due_at: datetime | None
    button: Button | None
    #: Why the button is not the step itself: what can be done while that waits.
    meanwhile: str

    def does(self, step: Step) -> bool:
        return self.button is not None and self.button.step == step


def next_of(reach: Reach, incident: Incident, seen: Seen, now: datetime) -> NextStep | None:
    """The next step of the incident for this reader; None: nothing follows here."""
    reader = _Reader(reach, incident, seen, now)
    chosen = next_step(reader.situation, reader.mine)
    if chosen is None or (chosen.step == Step.REVIEW and not chosen.is_mine):
        return None
    clock = reader.clock_of(chosen.step)
    pressed = chosen.button
    return NextStep(
        chosen.step,
        chosen.is_mine,
        _sentence(reader, chosen),
        clock.cite if clock else "",
        reader.due_at(chosen.step, clock),
        reader.button(pressed) if pressed else None,
        str(WORDS[chosen.meanwhile][1]) if chosen.meanwhile else "",
    )


def _sentence(reader: "_Reader", chosen: Chosen) -> str:
    label, why = WORDS[chosen.step]
    if chosen.step == Step.LEVEL and chosen.is_mine:
        return _proposal(reader.incident) or str(why)
    if chosen.is_mine or chosen.step == Step.AWAIT:
        return str(why)
    return str(WAITS) % {"who": reader.who(chosen.step), "what": label}


def _proposal(incident: Incident) -> str:
    """Which level the plan proposes and the first reason for it; "" where it gave none."""
    language = get_language() or ""
    reason = next(
        (one for one in reasons_in(language, incident) if one["level"] == incident.proposed_level), None
    )
    if reason is None:
        return ""
    level = level_of(incident.plan.document, incident.proposed_level).words.in_language(language)
    said = " → ".join(filter(None, (reason["rule"], said_once(reason)["found"])))
    return str(PROPOSED) % {"level": level, "reason": said}


class _Reader:
    """One reader before one incident: where it stands, what is theirs to do, who else is to act."""

    def __init__(self, reach: Reach, incident: Incident, seen: Seen, now: datetime):
        self.reach, self.incident, self.seen, self.now = reach, incident, seen, now
        self.pending = next((one for one in seen.warnings if one.state in PENDING), None)
        self.standing = next((one for one in seen.warnings if one.state in STANDING), None)
        self.clocks = _by_step(seen.clocks)
        self.asked = next((one.asked for one in seen.orders if one.asked and not one.asked.answer), None)
        self.own = next((one for one in seen.orders if _tap(one)), None)
        self.arrived = [one for one in seen.orders if one.order.state == OrderState.ARRIVED]
        self.demands = [one for one in seen.demands if one.is_open]
        self.situation = self._situation()
        may = self._may()
        self.mine = frozenset(step for step in applying(self.situation) if may[step]())

    # --- where it stands ---------------------------------------------------------------------------------------

    def _situation(self) -> Situation:
        incident, whole = self.incident, self.seen.whole
        document = incident.plan.document
        return Situation(
            state=incident.state,
            life_at_risk=bool(incident.facts.get("life_risk")),
            has_life_lines=any(row.mark is None for row in checklist(incident).life_lines),
            is_asked=self.asked is not None,
            has_own_order=self.own is not None,
            waits_for_own_signature=self._signs(),
            waits_for_own_decision=whole is not None and whole.may.decide,
            is_call_short=self.seen.is_call_short,
            pending=self.pending.state if self.pending else "",
            in_force=self.standing is not None,
            level_waits=self._level_waits(),
            is_decision_asked=whole is not None and whole.pending is not None,
            response=_response(whole),
            has_package=bool(self.standing and package_at(document, self.standing.level).orders),
            package_waits=whole is not None and whole.package_waits,
            duties_open=whole is not None and whole.response.is_active and bool(whole.open_duties),
            orders=len(self.seen.orders),
            orders_under_way=sum(one.order.is_live for one in self.seen.orders),
            has_arrived=bool(self.arrived),
            demands_open=bool(self.demands),
            due=frozenset(self.clocks),
        )

    def _signs(self) -> bool:
        waits = self.pending is not None and self.pending.state == Warned.PROPOSED
        return waits and is_allowed(warning_permissions.check_can_sign, self.reach, self.pending, self.now)

    def _level_waits(self) -> bool:
        """Whether the plan proposes more than was ever signed for, or was called off as it stood."""
        incident = self.incident
        ranks = {level.id: level.rank for level in levels_of(incident.plan.document)}
        proposed = ranks.get(incident.proposed_level)
        if proposed is None:
            return False
        # Who signed or withdrew it knew what was proposed then: only more than that is new.
        dealt_with = [
            level
            for one in self.seen.warnings
            if one.state in SIGNED or one.state == Warned.WITHDRAWN
            for level in (one.proposed_level, one.level if one.state in SIGNED else "")
        ]
        return proposed < min((ranks.get(level, NO_RANK) for level in dealt_with), default=NO_RANK)

    # --- by when -----------------------------------------------------------------------------------------------

    def clock_of(self, step: Step) -> Clock | None:
        """The plan's time limit that ends first with this step."""
        return min(self.clocks.get(step, ()), key=lambda clock: clock.due_at, default=None)

    def due_at(self, step: Step, clock: Clock | None) -> datetime | None:
        if step == Step.SIGN and self.pending and self.pending.sign_by:
            return self.pending.sign_by
        if step == Step.DEMANDS:
            return min((one.due for one in self.demands if one.due), default=None)
        if step == Step.HERE and self.asked:
            return self.asked.roll_call.due_at
        if step == Step.ANSWER and self.own:
            return self.own.order.arrive_by
        return clock.due_at if clock else None

    # --- whose turn --------------------------------------------------------------------------------------------

    def _may(self) -> dict[Step, Callable[[], bool]]:
        """Step → whether the reader may take it; asked only of steps that are open."""
        reach, incident, seen, whole = self.reach, self.incident, self.seen, self.seen.whole
        manages = reach.holds("incident.manage", incident.unit_path)

        def may(check: Callable, *args: Any) -> bool:
            return is_allowed(check, reach, *args)

        pending, standing = self.pending, self.standing
        return {
            Step.HERE: lambda: self.asked is not None,
            Step.ANSWER: lambda: self.own is not None,
            Step.LIFE: lambda: may(permissions.check_can_mark_checklist, incident),
            Step.TAKE: lambda: manages,
            Step.CALL_REST: lambda: seen.is_call_short,
            Step.SIGN: lambda: self.situation.waits_for_own_signature,
            Step.DECIDE: lambda: self.situation.waits_for_own_decision,
            Step.FINISH: lambda: pending is not None and may(warning_permissions.check_can_edit, pending),
            Step.LEVEL: lambda: may(warning_permissions.check_can_draft, incident),
            Step.CALL: lambda: standing is not None and manages,
            Step.TELL_ABOVE: lambda: (
                standing is not None and may(warning_permissions.check_can_report_up, standing)
            ),
            Step.START: lambda: seen.may_start,
            Step.PACKAGE: lambda: may(check_can_issue, incident),
            Step.SEND: lambda: may(check_can_issue, incident),
            Step.CONFIRM: lambda: any(_confirms(one) for one in self.arrived),
            Step.STATEMENT: lambda: seen.statements.may_draft or any(one.verbs for one in seen.statements.lines),
            Step.REPORT: lambda: may(check_can_write, incident),
            Step.DUTY: lambda: whole is not None and any(duty.may_settle for duty in whole.open_duties),
            Step.AWAIT: lambda: False,
            Step.END: lambda: whole is not None and whole.may.end,
            Step.LIFT: lambda: (
                standing is not None
                and standing.state == Warned.IN_FORCE
                and may(warning_permissions.check_can_lift, standing, self.now)
            ),
            Step.DEMANDS: lambda: manages and bool(self.demands),
            Step.CLOSE: lambda: may(permissions.check_can_close, incident),
            Step.REVIEW: lambda: manages,
        }  # fmt: skip

    def who(self, step: Step) -> str:
        """Who is to act, by post where one is known."""
        whole = self.seen.whole
        if step == Step.SIGN and self.pending:
            return warning_queries.turn(self.pending).who or str(self.pending.signatory_post or "")
        if step == Step.FINISH and self.pending:
            return str(self.pending.drafted_by)
        if step == Step.LIFT and self.standing and self.standing.signed_post:
            return str(self.standing.signed_post)
        if step == Step.DECIDE and whole and whole.seats:
            return str(whole.seats[0].holder)
        if step == Step.DUTY and whole and whole.open_duties[0].who:
            return whole.open_duties[0].who[0]
        if step == Step.CONFIRM:
            return _("whoever is on the spot")
        return _("the duty room of %(unit)s") % {"unit": self.incident.unit}

    # --- what the button does ----------------------------------------------------------------------------------

    def button(self, step: Step) -> Button:
        number = self.incident.number
        label = str(WORDS[step][0])
        if step == Step.TAKE:
            return Button(step, label, reverse("incident-take", args=[number]), is_tap=True, form_id="take")
        if step == Step.HERE and self.asked is not None:
            address = reverse("roll-call-answer", args=[self.asked.pk])
            return Button(step, label, address, True, f"next-roll-{self.asked.pk}", "answer", "here")
        if step == Step.ANSWER and self.own is not None:
            return _move(step, self.own, _tap(self.own))
        if step == Step.CONFIRM:
            return _move(step, next(one for one in self.arrived if _confirms(one)), OrderVerb.CONFIRM_ARRIVAL)
        return Button(step, label, self._address(step))

    def _address(self, step: Step) -> str:
        number, whole = self.incident.number, self.seen.whole
        warning = self.pending or self.standing
        if step in (Step.SIGN, Step.FINISH, Step.CALL, Step.TELL_ABOVE, Step.LIFT) and warning:
            of = self.pending if step in (Step.SIGN, Step.FINISH) else self.standing
            return reverse("warning", args=[(of or warning).number]) + _PLACES[step]
        if step in (Step.DECIDE, Step.DUTY, Step.END) and whole:
            return reverse("response", args=[whole.response.number])
        if step == Step.PACKAGE and whole:
            return reverse("package", args=[whole.response.number, whole.response.level])
        if step == Step.STATEMENT and any(one.verbs for one in self.seen.statements.lines):
            return "#statements-title"
        door = _DOORS.get(step)
        return reverse(door, args=[number]) if door else _ANCHORS[step]


#: Where on the warning's page.
_PLACES = {
    Step.SIGN: "#act", Step.FINISH: "#act", Step.LIFT: "#act", Step.CALL: "#calls", Step.TELL_ABOVE: "#reports",
}  # fmt: skip
_DOORS = {
    Step.LEVEL: "warning-new", Step.START: "response-new", Step.SEND: "order-new", Step.REPORT: "report-chain",
    Step.REVIEW: "review",
}  # fmt: skip
#: Forms and panels of the page itself; one that is folded opens.
_ANCHORS = {
    Step.LIFE: "#checklist-title", Step.CALL_REST: "#orders-title", Step.STATEMENT: "#statement-draft",
    Step.DEMANDS: "#demands-title", Step.CLOSE: "#close", Step.AWAIT: "#orders-title",
}  # fmt: skip


def _by_step(clocks: Iterable[Clock]) -> dict[Step, list[Clock]]:
    """The running time limits by the step that ends them."""
    found: dict[Step, list[Clock]] = {}
    for clock in clocks:
        if clock.is_running and clock.due_at:
            stops = rules_for(clock.plan).stops
            kinds = {
                kind for kind, rules in stops.items() if any(one.clock_id == clock.clock_id for one in rules)
            }
            for step, stopped_by in STOPPED_BY.items():
                if kinds & stopped_by:
                    found.setdefault(step, []).append(clock)
    return found


def _response(whole: Whole | None) -> str:
    if whole is None or whole.response.state == "not_started":
        return ""
    return ACTIVE if whole.response.is_active else OVER if whole.response.ended_at else ""


def _tap(card: OrderCard) -> OrderVerb | None:
    return next((verb for verb in _TAPS if verb in card.own_verbs), None)


def _confirms(card: OrderCard) -> bool:
    return OrderVerb.CONFIRM_ARRIVAL in card.own_verbs


def _move(step: Step, card: OrderCard, verb: OrderVerb | None) -> Button:
    assert verb is not None  # the step comes only with a verb
    address = reverse("order-move", args=[card.order.number, verb])
    return Button(step, str(verb.label), address, is_tap=True, form_id=f"next-{card.order.number}-{verb}")
