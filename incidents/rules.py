"""What follows from what in an incident's life. Plain values in and out.

reported ──take──▶ under way ──close──▶ closed ──reopen──▶ under way
    │  └──close──▶ closed       └─merge──▶ merged
    └──retract──▶ retracted (by the reporter, within ten seconds and a little; by the desk, any time)
"""

from datetime import datetime, timedelta

from common.states import NOBODY, NOTHING, StateTable, Transition
from incidents.choices import State, Verb

DESK, REPORTER = "desk", "reporter"
_CALLED = "who was called where a life was at risk"

TRANSITIONS = StateTable(
    turns={
        State.REPORTED: DESK,
        State.UNDER_WAY: DESK,
        State.MERGED: NOBODY,
        State.RETRACTED: NOBODY,
        State.CLOSED: NOBODY,
    },
    rows=[
        Transition(
            "report", (NOTHING,), State.REPORTED, "incident.reported", by=REPORTER,
            tells={
                "incident.reported": "the nearest duty room",
                "incident.life_safety": "everybody the plan names, where a life is at risk",
            },
            also=("incident.discovered", "incident.life_safety_alerted"),
        ),
        Transition(Verb.TAKE, (State.REPORTED,), State.UNDER_WAY, "incident.taken", by=DESK),
        Transition(
            Verb.MERGE, (State.REPORTED, State.UNDER_WAY), State.MERGED, "incident.linked", by=DESK,
        ),
        Transition(
            Verb.RETRACT, (State.REPORTED, State.UNDER_WAY), State.RETRACTED, "incident.retracted",
            by="reporter at once, desk any time", tells={"incident.stood_down": _CALLED},
        ),
        Transition(
            Verb.CLOSE, (State.REPORTED, State.UNDER_WAY), State.CLOSED, "incident.closed", by=DESK,
            tells={"incident.stood_down": _CALLED}, also=("incident.checked", "first_responder.phone_attempted"),
        ),
        Transition(
            Verb.REOPEN, (State.CLOSED,), State.UNDER_WAY, "incident.reopened", by=DESK,
            tells={"incident.life_safety": "everybody the plan names, where the danger is back"},
            also=("incident.life_safety_alerted",),
        ),
    ],
)  # fmt: skip

OPEN = TRANSITIONS.live

#: The page offers ten seconds; the server allows a slow network on top.
RETRACT_WITHIN = timedelta(seconds=30)

#: A device's clock may run a little fast; further into the future is a mistake.
CLOCK_TOLERANCE = timedelta(minutes=2)

#: Two reports from one unit this close together may be one event.
SAME_EVENT_WITHIN = timedelta(hours=2)


def may_still_retract(recorded_at: datetime, now: datetime) -> bool:
    """Whether the reporter alone may take the alarm back; exactly thirty seconds is still in time."""
    return now - recorded_at <= RETRACT_WITHIN


def known_time(given: datetime | None, now: datetime) -> datetime | None:
    """When it became known: `now` if not given or a little ahead, None if impossibly late."""
    if given is None:
        return now
    if given > now + CLOCK_TOLERANCE:
        return None
    return min(given, now)


def needs_life_safety(facts: dict) -> bool:
    """Whether people are, or may be, in danger: this never waits for a colour or a signature (§1.4(2))."""
    return bool(facts.get("life_risk")) or any((facts.get("casualties") or {}).values())


#: Acts that harm people, beside whom they are done.
_VIOLENT = frozenset({"storming_signs", "storming", "smashing"})


def worse(before: dict, after: dict) -> list[str]:
    """What makes the danger to life greater than it was, in the words of the facts; empty: it is not.

    A kind of danger that was not there before (one that returns included), more dead or injured, and where people
    are in danger an act of violence that is new. What grows less, or stays, is no reason to tell anybody again.
    """
    if not needs_life_safety(after):
        return []
    hurt, hurt_before = after.get("casualties") or {}, before.get("casualties") or {}
    risks = _new(before, after, "life_risk")
    more = [code for code, count in hurt.items() if count > hurt_before.get(code, 0)]
    return [*risks, *more, *(act for act in _new(before, after, "acts") if act in _VIOLENT)]


def _new(before: dict, after: dict, name: str) -> list[str]:
    known = set(before.get(name) or ())
    return [code for code in after.get(name) or () if code not in known]
