"""What follows from what for supervision visits. Plain values in and out.

recorded ──read──▶ read ──answer──▶ answered        (the form F8 is sent whatever the unit says)
Source: campaign rules (plan 004) §八3–5.
"""

from datetime import date, datetime, time

from common.dates.local_time import LOCAL, day_of
from common.states import NOBODY, NOTHING, StateTable, Transition
from supervision.visits.choices import VisitState as S
from supervision.visits.choices import VisitVerb as V

TEAM, UNIT = "the team", "the unit"
#: Purposes of notices.
TO_ANSWER, ANSWERED = "supervision_visit.to_answer", "supervision_visit.answered"

TRANSITIONS = StateTable(
    turns={S.RECORDED: UNIT, S.READ: UNIT, S.ANSWERED: NOBODY},
    rows=[
        # The entry `supervision_visit.ended` starts the three days of the form.
        Transition(
            V.RECORD, (NOTHING,), S.RECORDED, "supervision_visit.recorded", by=TEAM,
            tells={TO_ANSWER: "who leads the unit"},
        ),
        Transition(V.SEND_FORM, (S.RECORDED, S.READ, S.ANSWERED), None, "supervision_visit.form_sent", by=TEAM),
        Transition(V.READ, (S.RECORDED,), S.READ, "supervision_visit.read", by=UNIT),
        Transition(
            V.ANSWER, (S.RECORDED, S.READ), S.ANSWERED, "supervision_visit.answered", by=UNIT,
            tells={ANSWERED: "the team"},
        ),
    ],
)  # fmt: skip

#: What may be done with one that is there.
ON_A_VISIT = (V.SEND_FORM, V.READ, V.ANSWER)
LOOKS = {S.RECORDED: "wait", S.READ: "wait", S.ANSWERED: "ok"}


def ended_at(day: date, now: datetime) -> datetime:
    """When a visit of that day ended, as far as anybody knows: now on the day itself, else its last hour.

    The time limit of the form counts days, so the hour makes no difference to it.
    """
    return now if day >= day_of(now) else datetime.combine(day, time(23, 59), LOCAL)
