"""From a plan's clock to the rule that the clocks room keeps."""

from clocks.models import ClockRule
from plans.document.sections import ClockLine


def runs(line: ClockLine) -> bool:
    """Whether entries start this clock: not one that recurs, counts back, extends another or is only shown."""
    return bool(line.start) and not line.display_only


def clock_rule(line: ClockLine, ref: str) -> ClockRule:
    """The rule of one clock of the version `ref`, not yet stored."""
    return ClockRule(
        plan=ref,
        clock_id=line.id,
        title_zh=line.words.zh,
        title_en=line.words.en,
        start_kind=line.start,
        stop_kind=line.stop,
        when_level=line.when_level,
        duration=line.duration,
        role=" ".join(line.roles),
        cite=line.cite,
        per=line.per,
        effect=line.effect,
        origin=line.origin,
    )
