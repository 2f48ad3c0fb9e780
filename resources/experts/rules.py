"""What follows from what when an expert is called, and when one is available. Plain values in and out.

called ──check-in──▶ arrived      ╮
   │ └──consult──▶ consulted      ┴─ advise, as often as something is said
   └── decline, miss, stand-down ▶ over
"""

from datetime import datetime

from common.states import NOBODY, NOTHING, StateTable, Transition
from resources.experts.choices import CallState as S
from resources.experts.choices import CallVerb as V

DESK = "desk"
#: Whoever calls, and the expert where they have an account here.
BOTH = "desk, the expert"

#: Source: city plan §3.4 (智囊团, thirty minutes). Somebody who is consulted by telephone has done what was asked:
#: both write the entry that stops the plan's clock.
CALLS = StateTable(
    turns={
        S.CALLED: DESK,
        S.ARRIVED: NOBODY,
        S.CONSULTED: NOBODY,
        S.DECLINED: NOBODY,
        S.NOT_REACHED: NOBODY,
        S.STOOD_DOWN: NOBODY,
    },
    rows=[
        Transition(
            "call", (NOTHING,), S.CALLED, "expert.called", by=DESK,
            tells={"expert.called": "the expert, where they have an account here"},
        ),
        Transition(V.CHECK_IN, (S.CALLED, S.CONSULTED), S.ARRIVED, "expert.checked_in", by=BOTH),
        Transition(V.CONSULT, (S.CALLED,), S.CONSULTED, "expert.checked_in", by=BOTH),
        Transition(V.DECLINE, (S.CALLED,), S.DECLINED, "expert.declined", by=BOTH),
        Transition(V.MISS, (S.CALLED,), S.NOT_REACHED, "expert.not_reached", by=DESK),
        Transition(V.STAND_DOWN, (S.CALLED,), S.STOOD_DOWN, "expert.stood_down", by=DESK),
        Transition(V.ADVISE, (S.ARRIVED, S.CONSULTED), None, "expert.advised", by=BOTH),
    ],
)  # fmt: skip

#: What an expert says of their own call. That they were not reached or are not needed is for others to say.
OWN = (V.CHECK_IN, V.CONSULT, V.DECLINE, V.ADVISE)

#: Nobody comes after these: the time limit of the call ends with them.
ENDS_WITHOUT_ANYBODY = (V.DECLINE, V.MISS, V.STAND_DOWN)

#: What has to be said in a sentence: the advice itself, why nobody is needed.
NEEDS_NOTE = (V.ADVISE, V.STAND_DOWN)


def is_available(away_from: datetime | None, away_until: datetime | None, now: datetime) -> bool:
    """Whether somebody who is away from one moment to another (None: not away; no end known) may be called.

    At the last moment itself they are back.
    """
    if away_from is None or now < away_from:
        return True
    return away_until is not None and now >= away_until
