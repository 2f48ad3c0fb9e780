"""Who calls an expert for an incident, and who is shown an expert's number. Each check raises with the reason."""

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common.errors import NotAllowed
from incidents.models import Incident
from resources.experts import rules
from resources.experts.models import ExpertCall


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


def check_can_move(reach: Reach, call: ExpertCall, verb: str) -> None:
    """Who calls, and the called themselves with their account: what they alone can say of their own call."""
    if not is_own(reach, call):
        check_can_call(reach, call.incident)
    elif verb not in rules.OWN and not reach.holds("order.issue", call.unit_path):
        raise NotAllowed(
            "not_yours_to_say",
            _("Nothing was written down: this is said by the duty room, not by who is called. Say whether you come."),
        )  # fmt: skip


def is_own(reach: Reach, call: ExpertCall) -> bool:
    return call.expert.account_id is not None and call.expert.account_id == reach.user.pk


def sees_numbers(reach: Reach, unit: Unit) -> bool:
    """Who keeps the list, and who calls from it: leaders and duty rooms of the units it serves."""
    serves = any(path.startswith(unit.path) for path in reach.paths("order.issue"))
    return serves or reach.holds("resource.keep", unit.path)
