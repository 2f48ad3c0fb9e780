"""What happened, for replays of a plan: incidents with the facts of each observation, in two queries."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef

from accounts.scope import Reach
from incidents.choices import State
from incidents.models import Incident, Observation
from journal.keys import key, pks_of
from plans.lifecycle.models import PlanVersion
from plans.rehearsal.replay_source import Case, Source


def cases(
    reach: Reach, version: PlanVersion, since: datetime, until: datetime | None = None
) -> Iterator[Case]:
    """Incidents recorded since then that this person may see, oldest first; drills and false alarms left out.

    Of a plan that has been in force: those that ran under one of its versions. Of one that never was: all in
    the units it is for. Only incidents with a second observation need their observations read.
    """
    incidents = _incidents(reach, version, since)
    if until is not None:
        incidents = incidents.filter(recorded_at__lt=until)
    columns = (
        "pk",
        "number",
        "recorded_at",
        "unit__name",
        "unit__name_en",
        "plan_id",
        "facts",
        "proposed_level",
    )
    rows = list(incidents.order_by("recorded_at", "pk").values_list(*columns))
    observed = _observed(incidents)
    for pk, number, at, unit, unit_en, plan, facts, level in rows:
        steps = tuple(observed.get(pk, ())) or ((facts, level),)
        yield Case(key("incident", pk), number, at, unit, unit_en, plan, steps)


def how_many(reach: Reach, version: PlanVersion, since: datetime) -> int:
    return _incidents(reach, version, since).count()


def seen(reach: Reach, keys: Collection[str]) -> set[str]:
    """Of these incidents, those that this person may see now."""
    mine = Incident.objects.visible_to(reach).real().filter(pk__in=pks_of(keys, "incident"))
    return {key("incident", pk) for pk in mine.values_list("pk", flat=True)}


SOURCE = Source(cases, how_many, seen)


def _incidents(reach: Reach, version: PlanVersion, since: datetime):
    found = Incident.objects.visible_to(reach).real().filter(recorded_at__gte=since)
    found = found.exclude(state=State.RETRACTED)
    if owner := version.plan.owner_unit:
        found = found.filter(unit_path__under=owner.path)
    if PlanVersion.objects.filter(plan=version.plan_id, in_force_from__isnull=False).exists():
        found = found.filter(plan__plan=version.plan_id)
    return found


def _observed(incidents) -> dict[int, list]:
    """The observations of incidents that have more than the report itself, by incident."""
    earlier = Observation.objects.filter(incident=OuterRef("incident"), pk__lt=OuterRef("pk"))
    many = Observation.objects.filter(Exists(earlier)).values("incident")
    rows = Observation.objects.filter(incident__in=incidents.order_by().values("pk")).filter(
        incident__in=many
    )
    found: dict[int, list] = {}
    columns = ("incident_id", "facts", "proposed_level")
    for pk, facts, level in rows.order_by("incident_id", "pk").values_list(*columns):
        found.setdefault(pk, []).append((facts, level))
    return found
