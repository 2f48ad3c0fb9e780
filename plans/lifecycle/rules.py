"""The life of a plan's version, as a table.

draft ──file──▶ filed ──put in force──▶ in force ──(the next one comes into force)──▶ superseded

There is no way back: what was in force stays on the record, and a withdrawn change is a new version.
"""

from common.states import NOBODY, NOTHING, StateTable, Transition
from plans.lifecycle.choices import PlanState, PlanVerb

MANAGER, SYSTEM = "who manages plans", "system"

TRANSITIONS = StateTable(
    turns={
        PlanState.DRAFT: MANAGER,
        PlanState.FILED: MANAGER,
        PlanState.IN_FORCE: NOBODY,
        PlanState.SUPERSEDED: NOBODY,
    },
    rows=[
        Transition("load", (NOTHING,), PlanState.DRAFT, "plan.loaded", by=MANAGER),
        Transition(PlanVerb.FILE, (PlanState.DRAFT,), PlanState.FILED, "plan.filed", by=MANAGER),
        Transition(
            PlanVerb.PUT_IN_FORCE, (PlanState.FILED,), PlanState.IN_FORCE, "plan.in_force", by=MANAGER
        ),
        # It follows by itself when the next version comes into force.
        Transition(
            PlanVerb.SUPERSEDE, (PlanState.IN_FORCE,), PlanState.SUPERSEDED, "plan.superseded", by=SYSTEM
        ),
    ],
)


def next_act(state: str) -> str | None:
    """What a person may do next with a version in this state."""
    verbs = TRANSITIONS.verbs_for(state)
    return next((verb for verb in verbs if TRANSITIONS[verb].by == MANAGER), None)
