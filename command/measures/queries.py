"""What the incident's page and the API show of measures, and which the plans call major."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.scope import Reach
from clocks.models import Clock
from command.measures import permissions, rules
from command.measures.choices import MeasureState, MeasureVerb
from command.measures.models import Measure
from common.errors import is_allowed, not_found
from incidents.models import Incident
from incidents.permissions import check_can_manage
from incidents.queries import OpenItem, plans_beside_now
from plans.document.measures import Gate, Major, bases_of, gates_of, proportion_of
from plans.lifecycle.models import PlanVersion
from plans.people.holders import Bench


class MajorKind(NamedTuple):
    """A kind of measure that a plan of this incident calls major."""

    version: PlanVersion
    gate: Gate
    kind: Major

    @property
    def title(self) -> str:
        return self.kind.words.in_language(get_language())

    @property
    def whose(self) -> str:
        return self.gate.approver.words.in_language(get_language())


class MeasureLine(NamedTuple):
    measure: Measure
    clock: Clock | None
    #: What this person may do with it now.
    verbs: list[MeasureVerb]

    @property
    def look(self) -> str:
        return rules.LOOKS[MeasureState(self.measure.state)]


class OfMeasures(NamedTuple):
    lines: list[MeasureLine]
    #: Which the plans call major, and whose approval each needs.
    majors: list[MajorKind]
    #: Laws that the plans stand on, to choose from.
    bases: list[str]
    #: What the plans say of keeping in proportion.
    proportion: list[str]
    may_record: bool

    @property
    def waiting(self) -> int:
        return sum(line.measure.state == MeasureState.ASKED for line in self.lines)


def of_incident(reach: Reach, incident: Incident, now: datetime) -> OfMeasures:
    """Everything of measures on one incident (a constant number of queries, however many there are)."""
    plans = plans_of(incident, now)
    language = get_language()
    may = is_allowed(check_can_manage, reach, incident)
    return OfMeasures(
        _lines(reach, incident, may, now),
        majors_of(plans),
        list(
            dict.fromkeys(one.in_language(language) for plan in plans for one in bases_of(plan.document))
        ),
        [one.words.in_language(language) for plan in plans for one in proportion_of(plan.document)],
        may and incident.is_open,
    )  # fmt: skip


def _lines(reach: Reach, incident: Incident, may: bool, now: datetime) -> list[MeasureLine]:
    rows = list(
        Measure.objects.filter(incident=incident).select_related("asked_by", "answered_by", "taken_by")
    )
    clocks = (
        {clock.subject: clock for clock in Clock.objects.filter(subject__in=[row.key for row in rows])}
        if rows
        else {}
    )
    asked = [row for row in rows if row.state == MeasureState.ASKED]
    plans = PlanVersion.objects.in_bulk({row.plan_id for row in asked}) if asked else {}
    bench = Bench(incident.unit, now) if asked and incident.is_open else None
    lines = []
    for row in rows:
        row.incident = incident
        if row.plan_id in plans:
            row.plan = plans[row.plan_id]
        lines.append(MeasureLine(row, clocks.get(row.key), _verbs(reach, row, may, bench)))
    return lines  # fmt: skip


def _verbs(reach: Reach, row: Measure, may: bool, bench: Bench | None) -> list[MeasureVerb]:
    if not row.incident.is_open:
        return []
    found = [MeasureVerb(verb) for verb in rules.TRANSITIONS.verbs_for(row.state)]
    may_answer = (
        bench is not None
        and row.state == MeasureState.ASKED
        and is_allowed(permissions.check_can_answer, reach, row, bench)
    )
    return [verb for verb in found if (may_answer if rules.TRANSITIONS[verb].by == rules.APPROVER else may)]


def plans_of(incident: Incident, now: datetime) -> list[PlanVersion]:
    """The incident's own plan and those that hold there beside it (one query)."""
    beside = plans_beside_now(incident, now) if incident.is_open else []
    return [incident.plan, *(one for one in beside if one.pk != incident.plan_id)]


def majors_of(plans: list[PlanVersion]) -> list[MajorKind]:
    return [
        MajorKind(plan, gate, kind)
        for plan in plans
        for gate in gates_of(plan.document)
        for kind in gate.kinds
    ]


def get_measure(reach: Reach, pk: int) -> Measure:
    """A measure on an incident this person may see; NotFound otherwise."""
    found = Measure.objects.filter(pk=pk).select_related("incident").first()
    if found is None or not Incident.objects.visible_to(reach).filter(pk=found.incident_id).exists():
        raise not_found()
    return found


def held_open(incident: Incident) -> list[OpenItem]:
    """A measure that waits for its approval, or was approved and is neither taken nor withdrawn."""
    rows = Measure.objects.filter(incident=incident, state__in=rules.TRANSITIONS.live)
    return [
        OpenItem(
            "measure",
            row.key,
            _("Major measure “%(what)s”: %(state)s") % {"what": row.what, "state": row.get_state_display()},
        )
        for row in rows
    ]
