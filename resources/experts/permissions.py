"""Who calls an expert for an incident, and who is shown an expert's number. Each check raises with the reason."""

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common.errors import NotAllowed
from incidents.models import Incident


def check_can_call(reach: Reach, incident: Incident) -> None:
    """Leaders and duty room of the incident's unit or of one above: who issues orders there."""
    if not reach.holds("order.issue", incident.unit_path):
        raise NotAllowed(
            "not_allowed",
            _(
                "No expert was called for %(number)s: this is done by the duty room or a leader of its unit. Phone "
                "them."
            )
            % {"number": incident.number},
        )


def sees_numbers(reach: Reach, unit: Unit) -> bool:
    """Who keeps the list, and who calls from it: leaders and duty rooms of the units it serves."""
    serves = any(path.startswith(unit.path) for path in reach.paths("order.issue"))
    return serves or reach.holds("resource.keep", unit.path)
