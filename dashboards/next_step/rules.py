"""What comes next for an incident: one step at a time, out of the plan and of where things stand. Plain values in and out.

The order is that of the plan: life before anything (general plan §1.4(2)), then that somebody has it, the level with its
signature (city plan §2.4), whom the signature sets in motion (§2.4, §4.2), what was promised to the public and to the
level above (linkage plan §4.2), and the end, which begins with what is still owed.
"""

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import NamedTuple

from command.report_chain.rules import LINE_ENTRIES, SENT_ENTRIES
from early_warnings.choices import State as Warned
from incidents.choices import State


class Step(StrEnum):
    HERE = "here"
    ANSWER = "answer"
    LIFE = "life"
    TAKE = "take"
    CALL_REST = "call_rest"
    SIGN = "sign"
    DECIDE = "decide"
    FINISH = "finish"
    LEVEL = "level"
    CALL = "call"
    TELL_ABOVE = "tell_above"
    START = "start"
    PACKAGE = "package"
    SEND = "send"
    CONFIRM = "confirm"
    STATEMENT = "statement"
    REPORT = "report"
    DUTY = "duty"
    AWAIT = "await"
    END = "end"
    LIFT = "lift"
    DEMANDS = "demands"
    CLOSE = "close"
    REVIEW = "review"


class Situation(NamedTuple):
    """Where an incident stands, as far as the next step hangs on it."""

    state: str
    life_at_risk: bool = False
    #: Life-safety lines that are neither done nor marked not needed.
    has_life_lines: bool = False
    #: The reader is on the spot and asked whether they are all right.
    is_asked: bool = False
    #: An order to the reader waits for the reader's own word.
    has_own_order: bool = False
    #: The reader's own signature on a warning waits, or the reader's own decision on the response.
    waits_for_own_signature: bool = False
    waits_for_own_decision: bool = False
    #: Of a call of which some were enough, too few are left.
    is_call_short: bool = False
    #: The state of the warning on its way to a signature; empty: there is none.
    pending: str = ""
    in_force: bool = False
    #: The plan proposes a level higher than any that was signed or called off.
    level_waits: bool = False
    #: A start, change or end of the response waits for its decision.
    is_decision_asked: bool = False
    #: The response: active, over, or none yet.
    response: str = ""
    #: The plan has prepared orders for the level in force.
    has_package: bool = False
    #: Those orders wait to be sent out.
    package_waits: bool = False
    duties_open: bool = False
    #: Orders ever given, those under way, and one whose arrival waits to be confirmed.
    orders: int = 0
    orders_under_way: int = 0
    has_arrived: bool = False
    demands_open: bool = False
    #: Steps that a running time limit of the plan asks for.
    due: frozenset[Step] = frozenset()


ACTIVE, OVER = "active", "over"


class Row(NamedTuple):
    step: Step
    applies: Callable[[Situation], bool]


def _is_live(now: Situation) -> bool:
    """Something of the response is still at work."""
    return now.response == ACTIVE or now.orders_under_way > 0


#: Of an open incident, in the order in which things come first. What nobody else can do for the reader stands on top:
#: everything below it others can do meanwhile.
STEPS = (
    Row(Step.HERE, lambda now: now.is_asked),
    Row(Step.ANSWER, lambda now: now.has_own_order),
    Row(Step.SIGN, lambda now: now.waits_for_own_signature),
    Row(Step.DECIDE, lambda now: now.waits_for_own_decision),
    # A life at risk goes before the tap that says who has it; otherwise that tap comes first, it takes a second.
    Row(Step.LIFE, lambda now: now.life_at_risk and now.has_life_lines),
    Row(Step.TAKE, lambda now: now.state == State.REPORTED),
    Row(Step.LIFE, lambda now: now.has_life_lines),
    Row(Step.CALL_REST, lambda now: now.is_call_short),
    Row(Step.SIGN, lambda now: now.pending == Warned.PROPOSED),
    Row(Step.DECIDE, lambda now: now.is_decision_asked),
    Row(Step.FINISH, lambda now: now.pending in (Warned.DRAFT, Warned.RETURNED)),
    Row(Step.LEVEL, lambda now: now.level_waits and not now.pending),
    Row(Step.CALL, lambda now: Step.CALL in now.due),
    Row(Step.TELL_ABOVE, lambda now: Step.TELL_ABOVE in now.due),
    Row(Step.START, lambda now: now.in_force and now.has_package and not now.response and not now.is_decision_asked),
    Row(Step.PACKAGE, lambda now: now.package_waits),
    Row(Step.SEND, lambda now: (now.in_force or bool(now.pending)) and not now.orders and not now.package_waits),
    Row(Step.CONFIRM, lambda now: now.has_arrived),
    Row(Step.STATEMENT, lambda now: Step.STATEMENT in now.due),
    Row(Step.REPORT, lambda now: Step.REPORT in now.due),
    Row(Step.DUTY, lambda now: now.duties_open),
    Row(Step.AWAIT, lambda now: now.orders_under_way > 0),
    Row(Step.END, lambda now: now.response == ACTIVE),
    Row(Step.LIFT, lambda now: now.in_force and not _is_live(now)),
    Row(Step.DEMANDS, lambda now: now.demands_open),
    Row(Step.CLOSE, lambda now: True),
)  # fmt: skip

#: What can be done while the step before it waits for somebody else: it hangs on nobody's signature.
MEANWHILE = frozenset({
    Step.LIFE, Step.CALL_REST, Step.CALL, Step.TELL_ABOVE, Step.SEND, Step.CONFIRM, Step.STATEMENT, Step.REPORT,
    Step.DUTY, Step.DEMANDS,
})  # fmt: skip

#: The entries that end a step's time limit: a clock of the plan that stops with one of them says by when.
STOPPED_BY: Mapping[Step, frozenset[str]] = {
    Step.TAKE: frozenset({"incident.taken"}),
    Step.LEVEL: frozenset({"warning.proposed"}),
    Step.FINISH: frozenset({"warning.proposed"}),
    Step.SIGN: frozenset({"warning.signed"}),
    Step.DECIDE: frozenset({"response.started", "response.changed", "response.ended"}),
    Step.CALL: frozenset({"first_responder.phone_attempted"}),
    Step.TELL_ABOVE: frozenset({"superior_report.sent"}),
    Step.START: frozenset({"response.proposed", "response.started"}),
    Step.SEND: frozenset({"order.issued"}),
    Step.STATEMENT: frozenset({"statement.released"}),
    Step.REPORT: frozenset({*SENT_ENTRIES.values(), *LINE_ENTRIES.values()}),
    Step.AWAIT: frozenset({"order.acknowledged", "order.arrived"}),
}


class Chosen(NamedTuple):
    """The step everybody is at; whether it is this reader's; what this reader can do while it waits for another."""

    step: Step
    is_mine: bool
    meanwhile: Step | None = None

    @property
    def button(self) -> Step | None:
        """What the one blue button does; None: there is none for this reader."""
        return self.step if self.is_mine else self.meanwhile


def applying(now: Situation) -> list[Step]:
    """Every step that is open, the first first."""
    if now.state in (State.REPORTED, State.UNDER_WAY):
        return list(dict.fromkeys(row.step for row in STEPS if row.applies(now)))
    return [Step.REVIEW] if now.state == State.CLOSED else []


def next_step(now: Situation, mine: Collection[Step]) -> Chosen | None:
    """The first open step; `mine`: those the reader may take. None: nothing follows (merged, retracted)."""
    steps = applying(now)
    if not steps:
        return None
    first, *later = steps
    if first in mine:
        return Chosen(first, is_mine=True)
    return Chosen(
        first, is_mine=False, meanwhile=next((one for one in later if one in MEANWHILE and one in mine), None)
    )
