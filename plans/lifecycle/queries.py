"""Questions about plans."""

from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Unit
from clocks.models import ClockRule
from common.database.composed import Composed
from common.database.paths import prefixes
from common.dates.local_time import day_of
from common.errors import NotFound, WrongState
from plans.checks import rights
from plans.checks.findings import Finding
from plans.document import statute
from plans.lifecycle.choices import PlanKind, PlanState
from plans.lifecycle.models import PlanVersion


def plan_in_force(unit: Unit, at: datetime) -> PlanVersion:
    """The version under which an incident in `unit` opens at `at`: the nearest owner's, else the bureau's own.

    Where no response plan is in force, a plan of working rules: an alarm without a level is better than none.
    One query; the document comes from memory. Raises WrongState where neither is in force.
    """
    found = [v for v in versions_in_force(unit, at) if v.plan.kind in (PlanKind.RESPONSE, PlanKind.RULES)]
    version = max(found, key=lambda v: (v.plan.kind == PlanKind.RESPONSE, *_nearness(v)), default=None)
    if version is None:
        raise WrongState(
            "no_plan_in_force",
            _(
                "Nothing was recorded: no response plan is in force for %(unit)s. Phone the duty room, and have "
                "the system administrator load a plan."
            )
            % {"unit": unit},
        )
    return version


def plans_beside(unit: Unit, at: datetime) -> list[PlanVersion]:
    """The attendance plans and working rules that hold there at `at` beside the response plan (one query)."""
    beside = (PlanKind.ATTENDANCE, PlanKind.RULES)
    return [version for version in versions_in_force(unit, at) if version.plan.kind in beside]


def versions_in_force(unit: Unit, at: datetime) -> list[PlanVersion]:
    """Every version that holds for the unit at `at`, whatever its kind; a campaign only on its days."""
    return _IN_FORCE(tuple(prefixes(unit.path)), at, day_of(at))


def _in_force_above(above: tuple[str, ...], at: datetime, day: date) -> QuerySet[PlanVersion]:
    theirs = Q(plan__owner_unit__isnull=True) | Q(plan__owner_unit__path__in=above)
    rows = PlanVersion.objects.filter(in_force_at(at, day), theirs)
    return rows.select_related("plan__owner_unit").order_by("pk")


_IN_FORCE = Composed(_in_force_above)


def plan_with_clock(unit: Unit, start_kind: str, now: datetime) -> str:
    """The nearest plan in force whose clock this entry starts, as "id@version"; "" where none has one."""
    versions = sorted(
        versions_in_force(unit, now), key=lambda v: len(v.plan.owner_unit.path) if v.plan.owner_unit else 0
    )
    refs = [version.ref for version in versions]
    having = set(
        ClockRule.objects.filter(plan__in=refs, start_kind=start_kind).values_list("plan", flat=True)
    )
    return next((ref for ref in reversed(refs) if ref in having), "")


def overlays(at: datetime) -> list[PlanVersion]:
    """The versions of statutory time limits that are loaded and in force (one query)."""
    bound = PlanVersion.objects.filter(in_force_at(at, day_of(at)), plan__kind=PlanKind.OVERLAY)
    rows = bound.select_related("plan")
    return list(rows.order_by("pk"))


def statutes(at: datetime) -> tuple[dict[str, Any], ...]:
    """The documents of all statutory time limits: those in force, and the shipped one unless a version of it is."""
    loaded = tuple(version.document for version in overlays(at))
    is_loaded = statute.shipped()["id"] in {document["id"] for document in loaded}
    return loaded if is_loaded else (statute.shipped(), *loaded)


def in_force_at(at: datetime, day: date) -> Q:
    """Filter over versions: in force at `at`, and on one of the days they hold for, `day` being that of `at`."""
    still = Q(in_force_to__isnull=True) | Q(in_force_to__gt=at)
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    not_over = Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    return still & begun & not_over & Q(in_force_from__lte=at)


def _nearness(version: PlanVersion) -> tuple[int, datetime, int]:
    owner = version.plan.owner_unit
    assert version.in_force_from is not None
    return (len(owner.path) if owner else 0, version.in_force_from, version.pk)


def plan_list() -> list[PlanVersion]:
    """Every plan once: the version in force, else the last one loaded."""
    newest: dict[int, PlanVersion] = {}
    versions = PlanVersion.objects.select_related("plan__owner_unit").order_by("plan__plan_id", "version")
    for version in versions:
        shown = newest.get(version.plan_id)
        if shown is None or shown.state != PlanState.IN_FORCE:
            newest[version.plan_id] = version
    return list(newest.values())


def get_version(plan_id: str, number: int | None = None) -> PlanVersion:
    """That version of a plan; without a number the one in force, else the last one loaded. Raises NotFound."""
    versions = PlanVersion.objects.select_related("plan__owner_unit").filter(plan__plan_id=plan_id)
    if number is not None:
        versions = versions.filter(version=number)
    ordered = sorted(versions, key=lambda version: (version.state == PlanState.IN_FORCE, version.version))
    if not ordered:
        raise NotFound(
            "not_found", _("There is no such plan, or not in this version. Choose one from the list.")
        )
    return ordered[-1]


def against_rights(versions: list[PlanVersion]) -> dict[int, list[Finding]]:
    """Of these, the versions in force that ask for what no plan may: loaded before that was refused. By version."""
    bound = [version for version in versions if version.state == PlanState.IN_FORCE]
    found = {version.pk: list(rights.findings(version.document)) for version in bound}
    return {pk: findings for pk, findings in found.items() if findings}


def overtaken_by_statute(versions: list[PlanVersion], at: datetime) -> dict[int, list[Finding]]:
    """Of these, the versions in force that are longer than a statute in force now: what is wrong, by version.

    A plan is checked when it is loaded; a newer statute may come into force afterwards (one query for all).
    """
    laws = statutes(at)
    bound = [version for version in versions if version.state == PlanState.IN_FORCE]
    found = {
        version.pk: list(statute.lengthened(version.document, laws))
        for version in bound
        if version.plan.kind != PlanKind.OVERLAY
    }
    return {pk: findings for pk, findings in found.items() if findings}
