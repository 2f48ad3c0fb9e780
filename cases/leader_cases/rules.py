"""What follows from what for leader cases. Plain values in and out.

proposed ─accept, naming one leader─▶ listed ─plan: five fixed, three guarantees─▶ running ─closing report─▶ reported
   └─decline─▶ declined                                                             ▲────────return────────┘  │
                                           closed ◀─close── told ◀─party told in writing── checked ◀──check───┘
Source: Jintan campaign rules §六: triggers (1), who organises (2), one leader to the end (3), 五定三包 (4), 60 days and at
most 90 (6), closing report checked, party told in writing (6). The days and the conditions are the plan's.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from accounts.choices import Tier
from cases.leader_cases.choices import LEADER_CASE, Found
from cases.leader_cases.choices import CaseState as S
from cases.leader_cases.choices import CaseVerb as V
from common.states import NOBODY, NOTHING, StateTable, Transition
from plans.document.chapters import Trigger, triggered, triggers_of
from plans.engine.facts import Facts

DECIDES, OFFICE, LEADER = "a leader of the unit", "who manages matters", "the leader in charge"
#: Purposes of notices.
TO_DECIDE, GIVEN, TAKEN, TO_CHECK, RETURNED = (
    "leader_case.to_decide", "leader_case.given", "leader_case.taken", "leader_case.to_check", "leader_case.returned",
)  # fmt: skip
_OPEN = (S.LISTED, S.RUNNING, S.REPORTED)
_TO_THE_END = (*_OPEN, S.CHECKED, S.TOLD)

TRANSITIONS = StateTable(
    turns={
        S.PROPOSED: DECIDES, S.DECLINED: NOBODY, S.LISTED: LEADER, S.RUNNING: LEADER, S.REPORTED: DECIDES,
        S.CHECKED: LEADER, S.TOLD: LEADER, S.CLOSED: NOBODY,
    },
    rows=[
        # By what is on record, or by hand.
        Transition(
            V.PROPOSE, (NOTHING,), S.PROPOSED, "leader_case.proposed", by=OFFICE,
            tells={TO_DECIDE: "the leaders who decide at the unit"},
        ),
        Transition(V.ADD_REASON, (S.PROPOSED, *_OPEN), None, "leader_case.reason_added", by=OFFICE),
        # The day it is listed: the clock starts here (note to C004-7).
        Transition(
            V.ACCEPT, (S.PROPOSED,), S.LISTED, "leader_case.opened", by=DECIDES, tells={GIVEN: "the leader in charge"},
        ),
        Transition(V.DECLINE, (S.PROPOSED,), S.DECLINED, "leader_case.declined", by=DECIDES),
        Transition(V.START, (S.LISTED,), S.RUNNING, "leader_case.started", by=LEADER),
        Transition(
            V.CHANGE_LEADER, _OPEN, None, "leader_case.leader_changed", by=DECIDES,
            tells={GIVEN: "the new leader", TAKEN: "the leader until then"},
        ),
        Transition(V.PROGRESS, _TO_THE_END, None, "leader_case.progress_noted", by=LEADER),
        Transition(V.VISIT, _TO_THE_END, None, "leader_case.visit_noted", by=LEADER),
        Transition(V.MEETING, _TO_THE_END, None, "leader_case.meeting_noted", by=LEADER),
        # What the clock writes itself: clock.extended.
        Transition(V.EXTEND, _TO_THE_END, by=LEADER),
        Transition(
            V.REPORT, (S.RUNNING,), S.REPORTED, "leader_case.report_handed_in", by=LEADER,
            tells={TO_CHECK: "the leaders who decide at the unit, without the one in charge"},
        ),
        Transition(
            V.RETURN, (S.REPORTED,), S.RUNNING, "leader_case.report_returned", by=DECIDES,
            tells={RETURNED: "the leader in charge"},
        ),
        Transition(V.CHECK, (S.REPORTED,), S.CHECKED, "leader_case.report_checked", by=DECIDES),
        Transition(V.TELL, (S.CHECKED,), S.TOLD, "leader_case.party_told", by=LEADER),
        Transition(V.CLOSE, (S.TOLD,), S.CLOSED, "leader_case.closed", by=LEADER),
    ],
)  # fmt: skip

#: What is written down as it happens.
NOTES = (V.PROGRESS, V.VISIT, V.MEETING)
LOOKS = {S.PROPOSED: "wait", S.DECLINED: "off", S.CLOSED: "ok"}
#: 五定: leader, measures, people, time, quality. The leader is named when the case is accepted.
FIVE_FIXED = ("leader", "measures", "team", "due_date", "quality")
#: 三包: 包调查、包处理、包稳定.
THREE_GUARANTEES = ("investigate", "handle", "settle")
#: Who has a matter in common sends at most five (Petition Work Regulations art. 20); more are a group.
GROUP_FROM = 6


def is_live(state: str) -> bool:
    return state in TRANSITIONS.live


def next_act(state: str) -> str:
    """The act that is to come next, for the top of the page."""
    return {
        S.PROPOSED: V.ACCEPT, S.LISTED: V.START, S.RUNNING: V.REPORT, S.REPORTED: V.CHECK, S.CHECKED: V.TELL,
        S.TOLD: V.CLOSE,
    }.get(S(state), "")  # fmt: skip


# --- what proposes one ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Record:
    """What is on record of one matter; about the matter and what was done, never about who it is."""

    facts: Facts = field(default_factory=Facts)
    #: Tier of the unit to whose house people came.
    came_to: str = ""
    #: By whom it was passed on (`cases.demands.choices.PassedOn`).
    passed_on: str = ""
    #: Kinds of major situation, by the plan, when a reported matter was taken as major.
    major: frozenset[str] = frozenset()
    taken_up_again: bool = False


class Reason(NamedTuple):
    """A trigger of the plan that holds, and what of the record made it so."""

    trigger: Trigger
    #: Fact or name of `Found` → its value.
    because: dict[str, Any]


TIERS = list(Tier.values)
#: The owner of a plan that any unit may have of its own: whichever unit it is, its house is of that level.
ANY_UNIT = "unit"


def _group_visit(record: Record, owner_tier: str, of: Collection[str]) -> bool:
    low, _high = record.facts.given.get("headcount", (0, 0))
    if record.came_to not in TIERS or low < GROUP_FROM:
        return False
    if owner_tier == ANY_UNIT:
        return True
    return owner_tier in TIERS and TIERS.index(record.came_to) <= TIERS.index(owner_tier)


#: What a plan may name as `found` → whether it is on record. `of` narrows it to kinds of major situation.
FOUND: Mapping[str, Callable[[Record, str, Collection[str]], bool]] = {
    # §六1: 群众到市以上党政机关集体上访. The source's 市 is the owner of the plan itself.
    Found.GROUP_VISIT: _group_visit,
    # §六1: 市级以上政府转办、交办
    Found.PASSED_ON: lambda record, _tier, _of: record.passed_on == "government",
    # §六1: 经排查可能引发大规模越级集体上访的隐患和重大矛盾纠纷
    Found.SCREENED_MAJOR: lambda record, _tier, of: bool(record.major & set(of) if of else record.major),
    # §六1: 主要领导批示或交办并要求报送结果
    Found.INSTRUCTED: lambda record, _tier, _of: record.passed_on == "principal",
    # §六1: 重复上访和其他信访热点难点问题, by the matter
    Found.TAKEN_UP_AGAIN: lambda record, _tier, _of: record.taken_up_again,
}


def reasons_in(document: Mapping[str, Any], record: Record) -> list[Reason]:
    """The plan's triggers of a leader case that the record fulfils, in the plan's order."""
    by_facts = {one.line.id for one in triggered(document, record.facts)}
    tier = document.get("owner_tier", "")
    found = []
    for one in triggers_of(document):
        if one.leads_to != LEADER_CASE:
            continue
        because: dict[str, Any] = {name: True for name in one.found if FOUND[name](record, tier, one.of)}
        if one.line.id in by_facts:
            because |= {name: record.facts.as_dict().get(name, True) for name in one.facts}
        if because:
            found.append(Reason(one, because))
    return found


def worth_asking(record: Record) -> bool:
    """Whether a plan could name anything in it: an alarm without facts asks no plan."""
    return bool(record.facts.given or record.passed_on or record.major or record.taken_up_again)
