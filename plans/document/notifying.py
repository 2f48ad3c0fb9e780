"""How a plan wants people reached: by which channels, who must confirm, what follows silence. Pure, like the engine."""

from datetime import timedelta

from clocks.durations import parse
from notices.rules import Escalation, StepLine
from plans.engine.evaluation import Document

#: A plan that says nothing of it is shown on screen and sent as a text message, and silence is not followed up.
CHANNELS = ("app", "sms")


def channels_of(document: Document) -> tuple[str, ...]:
    return tuple(document.get("notices", {}).get("channels", CHANNELS))


def escalation_of(document: Document, level: str, *, insists: bool = False) -> Escalation:
    """What follows silence at this level; no level yet (an alarm): "".

    `insists`: each person must confirm whatever the level, as where a life is at risk.
    """
    entry = document.get("notices", {})
    still = entry.get("still_on_it", {})
    return Escalation(
        steps=tuple(
            StepLine(_span(step["after"]), step["do"], tuple(step.get("channels", ())))
            for step in entry.get("escalation", ())
        ),
        needs_each=insists or level in entry.get("each_person", ()),
        still_after=_span(still["after"]) if still else None,
        still_times=still.get("times", 0),
        level=level,
    )


def _span(text: str) -> timedelta:
    return timedelta(seconds=parse(text).amount)
