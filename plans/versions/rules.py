"""The life of a plan's version, as a table.

draft ──file──▶ filed ──put in force──▶ in force ──(the next one comes into force)──▶ superseded

There is no way back: what was in force stays on the record, and a withdrawn change is a new version.
"""

from plans.lifecycle.choices import PlanState, PlanVerb

#: state → verb → next state. What is not listed cannot happen.
TRANSITIONS: dict[str, dict[str, str]] = {
    PlanState.DRAFT: {PlanVerb.FILE: PlanState.FILED},
    PlanState.FILED: {PlanVerb.PUT_IN_FORCE: PlanState.IN_FORCE},
    PlanState.IN_FORCE: {PlanVerb.SUPERSEDE: PlanState.SUPERSEDED},
    PlanState.SUPERSEDED: {},
}

#: What a person does; superseding follows by itself when the next version comes into force.
BY_HAND = (PlanVerb.FILE, PlanVerb.PUT_IN_FORCE)


def next_state(state: str, verb: str) -> str | None:
    """The state after `verb`, or None where the verb does not apply."""
    return TRANSITIONS[state].get(verb)


def next_act(state: str) -> str | None:
    """What a person may do next with a version in this state."""
    return next((verb for verb in BY_HAND if next_state(state, verb)), None)
