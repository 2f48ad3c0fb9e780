"""Steps that plans' clocks run between and that no room records by an act of its own: people note them by hand."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.utils.translation import get_language

from journal.kinds import KINDS, Kind
from plans.document.sections import clocks_of
from plans.document.words import Words, words
from plans.engine.evaluation import Document

#: Groups of steps that a line of a checklist may hold back (`blocks`): those of an inquiry into who is to blame.
GROUPS = {"accountability_steps": frozenset(name for name in KINDS if name.startswith("inquiry."))}


class Step(NamedTuple):
    kind: Kind
    #: The plan version whose clocks it starts and stops.
    plan: str
    #: What the plan is called.
    title: Words


def steps_in(plans: Iterable[tuple[str, Document]], is_offered: Callable[[Kind], bool]) -> list[Step]:
    """Every step these plans ("id@version", document) name. A step that two of them name belongs to the first."""
    found: dict[str, Step] = {}
    for ref, document in plans:
        for kind in _kinds(document):
            if is_offered(kind):
                found.setdefault(kind.name, Step(kind, ref, words(document["title"])))
    return list(found.values())


def _kinds(document: Document) -> Iterable[Kind]:
    clocks = [clock for clock in clocks_of(document) if not clock.display_only]
    names = (name for clock in clocks for name in (clock.start, clock.stop))
    return [KINDS[name] for name in dict.fromkeys(names) if name and KINDS[name].by_hand]


def groups_of(kind: str) -> frozenset[str]:
    """The groups a step belongs to."""
    return frozenset(name for name, kinds in GROUPS.items() if kind in kinds)


def step_label(kind: Kind) -> str:
    """What a step is called, in the reader's language."""
    return Words(kind.zh, kind.en).in_language(get_language())


def choices(steps: Iterable[Step]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The steps for a form: grouped by plan, in the reader's language."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for step in steps:
        title = step.title.in_language(get_language())
        groups.setdefault(title, []).append((step.kind.name, step_label(step.kind)))
    return list(groups.items())
