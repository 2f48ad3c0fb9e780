"""May an incident go over to another plan version, to which, and what would change?"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from clocks.models import Clock
from clocks.succession import Successor, successors
from common.errors import WrongState
from common.hooks import Hook
from incidents.models import Incident
from plans.engine.evaluation import Proposal, evaluate
from plans.engine.facts import Facts
from plans.lifecycle.choices import PlanKind
from plans.lifecycle.citations import cited
from plans.lifecycle.models import PlanVersion
from plans.lifecycle.queries import versions_in_force

#: Why an incident cannot go over to a version now (a warning waits for its signature); "" where it can.
Objection = Callable[[Incident, PlanVersion], str]
OBJECTIONS: Hook[Objection] = Hook()


class Preview(NamedTuple):
    """What would be another under the other version."""

    version: PlanVersion
    proposal: Proposal
    clocks: list[Successor]
    #: Why it cannot be done now; empty where it can.
    objections: list[str]

    @property
    def moves(self) -> list[tuple[Clock, str, datetime | None]]:
        return [(one.clock, one.what, one.due.at) for one in self.clocks]


def versions_to_switch_to(incident: Incident, now: datetime) -> list[PlanVersion]:
    """The response plans and working rules in force for the unit now, but for the incident's own (one query)."""
    kinds = (PlanKind.RESPONSE, PlanKind.RULES)
    found = [version for version in versions_in_force(incident.unit, now) if version.plan.kind in kinds]
    # A version of the same plan first: that is what is mostly meant.
    return sorted(
        (version for version in found if version.pk != incident.plan_id),
        key=lambda version: (version.plan_id != incident.plan.plan_id, version.ref),
    )


def version_named(incident: Incident, ref: str, now: datetime) -> PlanVersion:
    """One of these by its ref. Raises WrongState for any other: what is not in force decides nothing."""
    for version in versions_to_switch_to(incident, now):
        if version.ref == ref:
            return version
    raise WrongState(
        "not_a_version_in_force",
        _(
            "%(number)s keeps its plan: %(ref)s is not another version in force for its unit. Choose one that is."
        )
        % {"number": incident.number, "ref": cited(ref) or "–"},
    )


def preview(incident: Incident, version: PlanVersion, now: datetime, *, lock: bool = False) -> Preview:
    """The proposal and the clocks under the other version. Changes nothing."""
    proposal = evaluate(version.document, Facts.from_dict(incident.facts))
    clocks = successors(thread=incident.key, old=incident.plan.ref, new=version.ref, now=now, lock=lock)
    said = [sentence for objection in OBJECTIONS if (sentence := objection(incident, version))]
    return Preview(version, proposal, clocks, said)
