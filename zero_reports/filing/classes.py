"""Classes of disputes: what units screen for is the plan's, and so is what it is called.

Source: county rules §一 3 (`screening.classes`); where no plan in force for a unit screens, choices.DisputeClass.
"""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import get_language

from accounts.models import Unit
from plans.document.chapters import dispute_classes_of
from plans.document.words import Words
from plans.lifecycle.models import PlanVersion
from plans.lifecycle.queries import versions_in_force
from zero_reports.filing.choices import DisputeClass

#: Every class any version has named, for what was reported under it; a version never changes.
_named: dict[str, Words] = {}


def classes_at(unit: Unit, at: datetime) -> dict[str, str]:
    """Class → its words, in the plan's order: of the nearest plan in force for the unit that screens. One query."""
    screening = [v for v in versions_in_force(unit, at) if dispute_classes_of(v.document)]
    if not screening:
        return {value: str(label) for value, label in DisputeClass.choices}
    owner = max(screening, key=lambda v: (len(v.plan.owner_unit.path) if v.plan.owner_unit else 0, v.pk))
    language = get_language()
    return {line.id: line.words.in_language(language) for line in dispute_classes_of(owner.document)}


def class_label(name: str) -> str:
    """A class in the reader's language, whichever plan named it; what no plan knows any more stands as written."""
    if name in DisputeClass.values:
        return str(DisputeClass(name).label)
    if name and name not in _named:
        _named.update(
            (line.id, line.words)
            for version in PlanVersion.objects.order_by("pk")
            for line in dispute_classes_of(version.document)
        )
    return _named[name].in_language(get_language()) if name in _named else name


def in_order(names: Iterable[str]) -> list[str]:
    """As the rules list them (§一 3); a plan's own ones after those."""
    order = DisputeClass.values
    return sorted(names, key=lambda name: (order.index(name) if name in order else len(order), name))
