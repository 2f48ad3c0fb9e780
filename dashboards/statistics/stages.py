"""Where the minutes go: closed incidents side by side, stage by stage. Ordered by time only, and never by unit or person."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from accounts.scope import Reach
from command.review.choices import KeyTime
from command.review.key_times import minutes_between, times_of
from incidents.choices import State
from incidents.models import Incident

#: So many stand side by side.
MOST = 10
#: The points that the stages lie between. Each stage ends with its point.
POINTS = (
    KeyTime.REPORTED, KeyTime.TAKEN, KeyTime.TOLD, KeyTime.ORDERED, KeyTime.RESPONDER, KeyTime.ANSWER, KeyTime.LIFTED,
    KeyTime.CLOSED,
)  # fmt: skip
STAGES = POINTS[1:]


class StagesRow(NamedTuple):
    """One incident: for each stage its minutes, None where its point did not come; and all of them."""

    incident: Incident
    minutes: list[int | None]
    whole: int | None


class SideBySide(NamedTuple):
    lines: list[StagesRow]
    #: The middle one of each stage; None where no incident has it.
    medians: list[int | None]
    whole: int | None


def side_by_side(reach: Reach, numbers: Sequence[str] = ()) -> SideBySide:
    """The last ten closed incidents this person may see, or those of these numbers; drills left out (two queries)."""
    rows = Incident.objects.visible_to(reach).filter(state=State.CLOSED, drill=False)
    if numbers:
        rows = rows.filter(number__in=numbers)
    chosen = list(rows.order_by("-closed_at", "-pk")[:MOST])
    times = times_of(chosen)
    lines = [_line(incident, times[incident.pk]) for incident in chosen]
    columns = [_middle([line.minutes[place] for line in lines]) for place in range(len(STAGES))]
    return SideBySide(lines, columns, _middle([line.whole for line in lines]))


def _line(incident: Incident, times: Mapping[KeyTime, datetime]) -> StagesRow:
    begun = times.get(KeyTime.REPORTED, incident.recorded_at)
    ended = times.get(KeyTime.CLOSED)
    return StagesRow(incident, stages_of(times), minutes_between(begun, ended) if ended else None)


def stages_of(times: Mapping[KeyTime, datetime]) -> list[int | None]:
    """Minutes of each stage: from the last point reached before it in the order of the points; 0 where that came later.

    None where the point did not come. A point that did not come makes the next stage begin where the one before did.
    """
    found: list[int | None] = []
    last = times.get(POINTS[0])
    for _earlier, point in pairwise(POINTS):
        at = times.get(point)
        if at is None or last is None:
            found.append(None)
        else:
            found.append(minutes_between(last, at))
        last = max((one for one in (last, at) if one is not None), default=None)
    return found


def _middle(minutes: Sequence[int | None]) -> int | None:
    known = [one for one in minutes if one is not None]
    return round(median(known)) if known else None
