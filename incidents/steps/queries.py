"""Which steps may be noted on an incident: those its plans' clocks run between and that no room records itself."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import get_language

from incidents.models import Incident
from journal.kinds import KINDS, Kind
from plans.engine import Document
from plans.queries import plans_beside, statutes
from plans.sections import clocks_of
from plans.words import Words, words


class Step(NamedTuple):
    kind: Kind
    #: The plan version whose clocks it starts and stops.
    plan: str
    #: What the plan is called.
    title: Words


def steps_of(incident: Incident, now: datetime) -> list[Step]:
    """Every step of the incident's own plan, of the plans that hold beside it, and of the statutes (two queries).

    A step that two plans name belongs to the first. Once the incident is over only steps in answering people
    are left.
    """
    own = [(incident.plan.ref, incident.plan.document)]
    beside = [(version.ref, version.document) for version in plans_beside(incident.unit, now)]
    # The statutes' clocks run whatever plan an entry names.
    law = [(incident.plan.ref, document) for document in statutes(now)]
    found: dict[str, Step] = {}
    for ref, document in [*own, *beside, *law]:
        for kind in _kinds(document):
            if incident.is_open or kind.matter:
                found.setdefault(kind.name, Step(kind, ref, words(document["title"])))
    return list(found.values())


def _kinds(document: Document) -> Iterable[Kind]:
    clocks = [clock for clock in clocks_of(document) if not clock.display_only]
    names = (name for clock in clocks for name in (clock.start, clock.stop))
    return [KINDS[name] for name in dict.fromkeys(names) if name and KINDS[name].by_hand]


def choices(steps: Iterable[Step]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The steps for a form: grouped by plan, in the reader's language."""
    language = get_language()
    groups: dict[str, list[tuple[str, str]]] = {}
    for step in steps:
        name = Words(step.kind.zh, step.kind.en).said_in(language)
        groups.setdefault(step.title.said_in(language), []).append((step.kind.name, name))
    return list(groups.items())
