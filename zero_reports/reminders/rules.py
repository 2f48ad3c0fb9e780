"""Which steps follow silence, when. Plain values.

Source: city plan §2.2(1), Jintan campaign rules 四 1 (nothing is an answer, silence is not). Neither says who
asks after the silent: offsets and posts are the bureau's, in its plan.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from clocks.durations import parse
from notices.rules import QuietHours
from plans.document.reminding import Remind
from plans.document.sections import ClockLine, role_of
from plans.engine.evaluation import Document
from zero_reports.reminders.choices import Do

#: Where the plan is silent: one reminder an hour before; nothing climbs, for no role is named.
PROPOSED_BEFORE = (timedelta(minutes=60),)
#: A step that could not be taken for so long after the cut-off (a stop, an outage) is not taken any more.
STILL_USEFUL = timedelta(hours=24)
#: From its moment until a reminder has left: the turn of the engine and the wait for company.
LEAVES_WITHIN = timedelta(minutes=5)
#: So many names stand in a message; the rest is a number.
NAMED = 5


class Step(NamedTuple):
    do: str
    at: datetime
    #: For a step that climbs: kind of post, tier.
    post: str = ""
    tier: str = ""


def steps_of(document: Document, remind: Remind, due_at: datetime) -> list[Step]:
    """The steps around one cut-off, in the order of their times."""
    befores = [_length(text) for text in remind.before] if remind.is_said else list(PROPOSED_BEFORE)
    steps = [Step(Do.BEFORE, due_at - before) for before in sorted(befores, reverse=True)]
    steps += [Step(Do.CUTOFF, due_at), Step(Do.SUMMARY, due_at)]
    for climb in remind.climb:
        role = role_of(document, climb.role)
        if role.kind == "post" and role.post:
            steps.append(Step(Do.CLIMB, due_at + _length(climb.after), role.post, role.tier))
    return steps


def before_the_night(step: Step, due_at: datetime, quiet: QuietHours | None) -> Step:
    """A reminder before the cut-off that could only leave after it, because of quiet hours, is brought forward to
    the last minutes before them: nobody is woken, and nobody is reminded too late."""
    if step.do != Do.BEFORE or quiet is None or quiet.ends_after(step.at + LEAVES_WITHIN) < due_at:
        return step
    return step._replace(at=min(step.at, quiet.began_before(step.at + LEAVES_WITHIN) - LEAVES_WITHIN))


def _length(text: str) -> timedelta:
    return timedelta(seconds=parse(text).amount)


def lines_for(
    clocks: Iterable[ClockLine], due: dict[str, datetime]
) -> list[tuple[ClockLine | None, list[str]]]:
    """The clocks that ask the tiers of a round, each with its tiers, one entry per cut-off; None asks the rest."""
    left = dict(due)
    found: list[tuple[ClockLine | None, list[str]]] = []
    for clock in clocks:
        for at in sorted({left[tier] for tier in clock.tiers if tier in left}):
            tiers = [tier for tier in clock.tiers if left.get(tier) == at]
            found.append((clock, tiers))
            left = {tier: when for tier, when in left.items() if tier not in tiers}
    for at in sorted(set(left.values())):
        found.append((None, [tier for tier, when in left.items() if when == at]))
    return found


def is_stale(do: str, due_at: datetime, now: datetime) -> bool:
    """Whether a step that was missed is of no use any more."""
    return now > due_at if do == Do.BEFORE else now > due_at + STILL_USEFUL
