"""What is ticked off on an incident: the product's life-safety lines first, then its plan's own."""

from typing import NamedTuple

from django.db.models import Prefetch, prefetch_related_objects

from incidents.models import ChecklistMark, Incident
from plans.document.life_safety import LifeLine, checklist_of
from plans.document.sections import ChecklistItem
from plans.document.steps import groups_of


class ChecklistLine(NamedTuple):
    line: LifeLine
    mark: ChecklistMark | None

    @property
    def item(self) -> ChecklistItem:
        return self.line.item


class Checklist(list[ChecklistLine]):
    """The lines of one incident, in their order."""

    @property
    def life_lines(self) -> list[ChecklistLine]:
        return [row for row in self if row.line.is_life]

    @property
    def plan_lines(self) -> list[ChecklistLine]:
        return [row for row in self if not row.line.is_life]


def checklist(incident: Incident) -> Checklist:
    """Every line with what has been marked (one query; none where the marks are at hand)."""
    rows = incident.checklist_marks.all()
    if not _are_at_hand(incident):
        rows = rows.select_related("by")
    marks = {mark.item: mark for mark in rows}
    lines = checklist_of(incident.plan.document)
    return Checklist(ChecklistLine(line, _mark_of(line, marks)) for line in lines)


def bring_marks(incident: Incident) -> None:
    """Read the marks once, with who made them, for all that a page says about them."""
    prefetch_related_objects(
        [incident], Prefetch("checklist_marks", ChecklistMark.objects.select_related("by"))
    )


def line_of(incident: Incident, item: str) -> LifeLine | None:
    """The line an id means under the incident's plan: a plan's id means the product's line that says the same."""
    return next((line for line in checklist_of(incident.plan.document) if item in line.ids), None)


def open_lines(incident: Incident) -> list[LifeLine]:
    """Lines neither done nor marked not needed (one query; none where the marks are at hand)."""
    marked = {mark.item for mark in incident.checklist_marks.all()}
    return [line for line in checklist_of(incident.plan.document) if marked.isdisjoint(line.ids)]


def holding_back(incident: Incident, kind: str) -> list[LifeLine]:
    """Open lines that a step of this kind has to wait for; no query where none can."""
    if groups := groups_of(kind):
        return [line for line in open_lines(incident) if line.blocks & groups]
    return []


def _are_at_hand(incident: Incident) -> bool:
    return "checklist_marks" in getattr(incident, "_prefetched_objects_cache", {})


def _mark_of(line: LifeLine, marks: dict[str, ChecklistMark]) -> ChecklistMark | None:
    return next((marks[name] for name in line.ids if name in marks), None)
