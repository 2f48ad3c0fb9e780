"""What follows from what in an incident's life. Plain values in and out.

reported ──take──▶ under way ──close──▶ closed ──reopen──▶ under way
    │  └──close──▶ closed       └─merge──▶ merged
    └──retract──▶ retracted (by the reporter, within ten seconds and a little; by the desk, any time)
"""

from datetime import datetime, timedelta

from incidents.choices import State, Verb

#: state → verb → next state. What is not listed cannot happen.
TRANSITIONS: dict[str, dict[str, str]] = {
    State.REPORTED: {
        Verb.TAKE: State.UNDER_WAY,
        Verb.MERGE: State.MERGED,
        Verb.RETRACT: State.RETRACTED,
        Verb.CLOSE: State.CLOSED,
    },
    State.UNDER_WAY: {
        Verb.MERGE: State.MERGED,
        Verb.RETRACT: State.RETRACTED,
        Verb.CLOSE: State.CLOSED,
    },
    State.CLOSED: {Verb.REOPEN: State.UNDER_WAY},
    State.MERGED: {},
    State.RETRACTED: {},
}

OPEN = (State.REPORTED, State.UNDER_WAY)

#: The page offers ten seconds; the server allows a slow network on top.
RETRACT_WITHIN = timedelta(seconds=30)

#: A device's clock may run a little fast; further into the future is a mistake.
CLOCK_TOLERANCE = timedelta(minutes=2)

#: Two reports from one unit this close together may be one event.
SAME_EVENT_WITHIN = timedelta(hours=2)


def next_state(state: str, verb: str) -> str | None:
    """The state after `verb`, or None where the verb does not apply."""
    return TRANSITIONS[state].get(verb)


def verbs_for(state: str) -> list[str]:
    return list(TRANSITIONS[state])


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
