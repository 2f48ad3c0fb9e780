"""What the duty room's entry form offers: for each kind of incident what the plans of a unit have ready."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import get_language

from accounts.models import Unit
from plans.document.quick_fills import quick_fills_of
from plans.lifecycle.choices import PlanKind
from plans.lifecycle.queries import versions_in_force


class Offered(NamedTuple):
    """What is ready for one kind of incident."""

    id: str
    #: The plan it is from.
    plan: str
    title: str
    #: Form field → what it is filled with.
    values: dict[str, Any]
    #: What to ask whoever reports it.
    ask: list[str]


def offered(unit: Unit | None, now: datetime) -> list[Offered]:
    """What the plans in force at the unit have ready, the response plan's first (one query)."""
    return list(_offered(unit, now)) if unit else []


def _offered(unit: Unit, now: datetime) -> Iterator[Offered]:
    language = get_language()
    versions = versions_in_force(unit, now)
    for version in sorted(versions, key=lambda one: one.plan.kind != PlanKind.RESPONSE):
        for one in quick_fills_of(version.document):
            values = {"what": one.what.in_language(language), "headcount": one.headcount, "signs": one.signs}
            yield Offered(
                f"{version.plan.plan_id}:{one.id}",
                version.plan.title,
                one.words.in_language(language),
                values,
                [line.in_language(language) for line in one.ask],
            )


def choices(found: list[Offered]) -> list:
    """For a field: plan by plan, each with what it has ready."""
    plans: dict[str, list[tuple[str, str]]] = {}
    for one in found:
        plans.setdefault(one.plan, []).append((one.id, one.title))
    return [("", "–"), *plans.items()]
