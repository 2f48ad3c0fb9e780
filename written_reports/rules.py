"""What follows from what for written reports. Plain values in and out.

(none) ──save──▶ draft ──hand in──▶ handed in ──hand in──▶ next version
                                        └──receive (level above)──▶ received: it stands

Late is accepted and marked. Whom a plan asks, how often and by when stands in the plan and nowhere here.
Source: unit plan §二(一) (weekly list, monthly review, quarterly report), county rules §二 3–4.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from common.dates.local_time import LOCAL
from common.dates.periods import Period
from common.states import NOBODY, NOTHING, StateTable, Transition
from plans.document.writing import Cutoff
from written_reports.choices import LineKind, Part, SlotState

DRAFT, HANDED_IN, RECEIVED = "draft", "handed_in", "received"
BEGIN, WRITE, HAND_IN, CORRECT, RECEIVE = "begin", "write", "hand-in", "correct", "receive"
UNIT, ABOVE = "unit", "level above"

#: Whether it is late or overdue is a question of the moment, not of the report: `state_of` answers it.
TRANSITIONS = StateTable(
    turns={DRAFT: UNIT, HANDED_IN: ABOVE, RECEIVED: NOBODY},
    rows=[
        Transition(BEGIN, (NOTHING,), DRAFT, "written_report.begun", by=UNIT),
        Transition(WRITE, (DRAFT, HANDED_IN), by=UNIT),
        Transition(HAND_IN, (NOTHING, DRAFT), HANDED_IN, "written_report.handed_in", by=UNIT),
        Transition(CORRECT, (HANDED_IN,), None, "written_report.corrected", by=UNIT),
        Transition(RECEIVE, (HANDED_IN,), RECEIVED, "written_report.received", by=ABOVE),
    ],
)

#: So many lines a report has at most.
MOST_LINES = 30
LONGEST_TEXT = 2000
LONGEST_LINE = 200
#: What a line says, field by field; "matter" is the number of the matter it came from.
LINE_FIELDS = ("class", "what", "measure", "responsible", "deadline", "matter")
#: What must be said of each line before it is handed in.
_NEEDED: dict[str, tuple[str, ...]] = {
    LineKind.RISKS: ("class", "what", "measure", "responsible", "deadline"),
    LineKind.IMPROVEMENTS: ("what", "responsible", "deadline"),
}


def due_at(period: Period, cutoff: Cutoff) -> datetime:
    """The last moment that is in time: on a weekday of the week, or a day of the month, the quarter's last one."""
    if cutoff.weekday is not None:
        day = period.day + timedelta(days=cutoff.weekday)
    elif cutoff.day == 0:
        day = period.last_day
    else:
        assert cutoff.day is not None
        day = period.last_day.replace(day=min(cutoff.day, period.last_day.day))
    return datetime.combine(day, cutoff.at, LOCAL)


def stage_of(*, is_handed_in: bool, is_received: bool) -> str:
    """How far a report is that somebody has begun."""
    return RECEIVED if is_received else HANDED_IN if is_handed_in else DRAFT


def state_of(
    *,
    is_begun: bool,
    handed_in_at: datetime | None,
    received_at: datetime | None,
    due_at: datetime,
    now: datetime,
) -> SlotState:
    """Exactly at the cut-off is still in time."""
    if received_at is not None:
        return SlotState.RECEIVED
    if handed_in_at is not None:
        return SlotState.LATE if handed_in_at > due_at else SlotState.HANDED_IN
    if now > due_at:
        return SlotState.OVERDUE
    return SlotState.DRAFT if is_begun else SlotState.NOT_BEGUN


def written_parts(parts: Iterable[str]) -> list[str]:
    """The parts that people write, in the order of the rules."""
    asked = set(parts)
    return [part for part in Part.values if part in asked and part != Part.DATA]


def fields_of(line_kind: str) -> tuple[str, ...]:
    """What a person fills in of each line."""
    return _NEEDED.get(line_kind, ())


def gaps(
    parts: Iterable[str], line_kind: str, texts: Mapping[str, str], lines: list[dict]
) -> list[tuple[str, int | None]]:
    """What is still missing before it can be handed in: (part, None), or (field, number of the line from 0).

    A list without lines is one that says: no risk. An empty part is none.
    """
    open_parts: list[tuple[str, int | None]] = [
        (part, None) for part in written_parts(parts) if not texts.get(part, "").strip()
    ]
    open_lines = [
        (name, number)
        for number, line in enumerate(lines)
        for name in fields_of(line_kind)
        if not str(line.get(name, "")).strip()
    ]
    return open_parts + open_lines


def year_of(period: Period) -> int:
    """The year a report is filed in, as with the volumes of summaries."""
    return period.filed_in[0]


def is_within(day: date, window: tuple[str, str] | tuple[()]) -> bool:
    """Whether a campaign's clock runs on the day; one without days always does."""
    return not window or date.fromisoformat(window[0]) <= day <= date.fromisoformat(window[1])
