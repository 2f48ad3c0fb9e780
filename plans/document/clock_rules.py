"""From a plan's clocks to the rules that the clocks room keeps."""

from collections.abc import Iterable

from clocks.models import ClockRule
from plans.document.sections import ClockLine

#: How long one turn of what comes back lasts.
_TURN = {"daily": "P1D", "weekly": "P7D", "monthly": "P1M", "quarterly": "P3M", "yearly": "P12M"}


def runs(line: ClockLine) -> bool:
    """Whether entries start this clock: not one that extends another, is only shown, or is asked for by the calendar."""
    return bool(line.start or line.before) and not line.display_only


def clock_rules(lines: Iterable[ClockLine], ref: str) -> list[ClockRule]:
    """The rules of the version `ref`, not yet stored. What extends another clock is said by that one's rule."""
    lines = list(lines)
    most = {line.extends: line.max_extension for line in lines if line.extends}
    return [_rule(line, ref, most.get(line.id, "")) for line in lines if runs(line)]


def _rule(line: ClockLine, ref: str, max_extension: str) -> ClockRule:
    comes_back = bool(line.recurrence and line.start)
    return ClockRule(
        plan=ref,
        clock_id=line.id,
        title_zh=line.words.zh,
        title_en=line.words.en,
        start_kind=line.start,
        stop_kind=line.stop,
        before_kind="" if line.start else line.before,
        until_kind=line.until,
        recurs=comes_back,
        when_level=line.when_level,
        real_only=line.real_only,
        duration=_TURN[line.recurrence] if comes_back and line.duration == "unspecified" else line.duration,
        role=" ".join(line.roles),
        cite=line.cite,
        per=line.per,
        effect=line.effect,
        origin=line.origin,
        max_extension=max_extension,
        pausable=bool(line.pause.zh),
        warn_before=" ".join(line.remind.before),
    )
