"""What a plan says about written reports that come back: whom it asks, of which parts they are, by when.

    {recurrence: monthly, stop: written_report.handed_in, asks: owner, cutoff: {at: "24 24:00"},
     written: {parts: [data, analysis, judgement, outlook]}}

`asks: owner` is the unit the plan belongs to, `below` those right below it; `tiers` those of a tier at and below
it. Pure, like sections.py.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from plans.checks.findings import Finding, problem

#: The entry that says that a written report was handed in: a clock that it stops asks for one.
HANDED_IN = "written_report.handed_in"
#: What a written report can be asked for in words, in this order. Source: county rules §二 4.
PARTS = ("data", "analysis", "judgement", "outlook")
#: "24:00": the last moment that still is that day.
END_OF_DAY = time.max

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_CUTOFF = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun|[1-9]|[12][0-9]|3[01]|last) (?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)"
)


@dataclass(frozen=True, slots=True)
class Written:
    parts: tuple[str, ...] = PARTS
    #: Lines beside the parts: "risks" or "improvements"; empty = none.
    lines: str = ""


def written_of(entry: Mapping[str, Any] | None) -> Written | None:
    """None: the clock asks for no written report, or says nothing of its parts."""
    if entry is None:
        return None
    return Written(tuple(part for part in PARTS if part in entry.get("parts", PARTS)), entry.get("lines", ""))


@dataclass(frozen=True, slots=True)
class Cutoff:
    """A moment within a week (`weekday`), or within a month or a quarter's last month (`day`; 0 = its last)."""

    at: time
    weekday: int | None = None
    day: int | None = None


def cutoff_of(text: str, recurrence: str) -> Cutoff | None:
    """Read "Thu 24:00", "24 24:00" or "last 24:00"; None if it does not fit the recurrence."""
    found = _CUTOFF.fullmatch(text)
    if found is None:
        return None
    on, at = found[1], time(int(found[2]), int(found[3])) if found[2] else END_OF_DAY
    if on in _WEEKDAYS:
        return Cutoff(at, weekday=_WEEKDAYS.index(on)) if recurrence == "weekly" else None
    if recurrence not in ("monthly", "quarterly"):
        return None
    return Cutoff(at, day=0 if on == "last" else int(on))


def findings(document: Mapping) -> Iterator[Finding]:
    """A written report that is asked for says of whom and by when, and only it has parts."""
    for index, clock in enumerate(document.get("clocks", ())):
        path = f"clocks[{index}]"
        if clock.get("stop") != HANDED_IN:
            for key in ("written", "asks"):
                if key in clock:
                    yield problem(f"{path}.{key}", "Only a clock that “%(kind)s” stops asks for a written report.",
                                  kind=HANDED_IN)  # fmt: skip
            continue
        if "asks" not in clock and "tiers" not in clock:
            yield problem(path, "A written report is asked of somebody: say “asks” or “tiers”.")
        cutoff = clock.get("cutoff")
        at = cutoff.get("at", "") if isinstance(cutoff, Mapping) else ""
        if cutoff_of(at, clock.get("recurrence", "")) is None:
            yield problem(path, "A written report is due every week, month or quarter, and its cut-off names the day: "
                                "“Thu 24:00” of a week, “24 24:00” or “last 24:00” of the others.")  # fmt: skip
