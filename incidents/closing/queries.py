"""What is asked once before an incident is closed: lines of its checklist left open, and what rooms above add."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from common.hooks import Hook
from incidents.checklist.queries import open_lines
from incidents.models import Incident
from plans.document.words import Words


class Question(NamedTuple):
    """Something left undone. It does not keep the incident open; it wants an answer: done, or not needed and why."""

    #: A line of the checklist by its id, else a name of the room that asks; at most twenty characters.
    id: str
    words: Words
    #: Whether "not needed" has to say why.
    asks_why: bool
    #: A line of the checklist, and one of the product's own.
    is_line: bool = True
    is_life: bool = False


#: What rooms above ask once at closing: fn(incident, now) → questions.
ASKING: Hook[Callable[[Incident, datetime], list[Question]]] = Hook()


def questions(incident: Incident, now: datetime) -> list[Question]:
    """Everything left open and not yet answered, life safety first."""
    lines = [
        Question(line.item.id, line.item.words, line.asks_why, is_life=line.is_life)
        for line in open_lines(incident)
    ]
    answered = {mark.item for mark in incident.checklist_marks.all()}
    more = [one for provider in ASKING for one in provider(incident, now) if one.id not in answered]
    urgent = [*(one for one in lines if one.is_life), *more]
    return [*urgent, *(one for one in lines if not one.is_life)]
