"""Which steps may be noted on an incident: those its plans' clocks run between and that no room records itself."""

from datetime import datetime

from incidents.models import Incident
from incidents.queries import plans_beside_now
from plans.document.steps import Step, choices, steps_in
from plans.lifecycle.queries import statutes

__all__ = ["Step", "choices", "steps_of"]


def steps_of(incident: Incident, now: datetime) -> list[Step]:
    """Every step of the incident's own plan, of the plans that hold beside it, and of the statutes (two queries).

    A step that two plans name belongs to the first. Once the incident is over only steps in answering people
    are left.
    """
    own = [(incident.plan.ref, incident.plan.document)]
    beside = [(version.ref, version.document) for version in plans_beside_now(incident, now)]
    # The statutes' clocks run whatever plan an entry names.
    law = [(incident.plan.ref, document) for document in statutes(now)]
    return steps_in([*own, *beside, *law], lambda kind: incident.is_open or kind.matter)
