"""What a warning has against its incident going over to another plan version."""

from django.utils.translation import gettext as _

from incidents.models import Incident
from plans.engine.evaluation import levels_of
from plans.lifecycle.citations import cited
from plans.lifecycle.models import PlanVersion


def objection_to_switch(incident: Incident, version: PlanVersion) -> str:
    """Why the incident cannot go over to another plan version: a warning is on its way, or would lose its level."""
    if pending := incident.warnings.pending().first():
        return _("%(incident)s keeps its plan: warning %(number)s is not signed yet. Sign or withdraw it first.") % {"incident": incident.number, "number": pending.number}  # fmt: skip
    known = {level.id for level in levels_of(version.document)}
    for warning in incident.warnings.in_force():
        if warning.level not in known:
            return _("%(incident)s keeps its plan: warning %(number)s is in force, and %(ref)s does not have its level. Lift it first.") % {"incident": incident.number, "number": warning.number, "ref": cited(version.ref)}  # fmt: skip
    return ""
