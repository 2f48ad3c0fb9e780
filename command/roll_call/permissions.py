"""Who leads a roll-call, and who answers."""

from django.utils.translation import gettext as _

from accounts.scope import Reach
from command.roll_call.models import RollCallLine
from common.errors import NotAllowed
from incidents.models import Incident


def check_can_lead(reach: Reach, incident: Incident) -> None:
    """Who may direct orders there: the leader on the spot, the duty room."""
    if not reach.holds("order.issue", incident.unit_path):
        raise NotAllowed(
            "not_allowed",
            _(
                "Nothing was changed: the roll-call of %(number)s is led by the duty room or a leader of its unit."
            )
            % {"number": incident.number},
        )


def check_can_answer(reach: Reach, line: RollCallLine, incident: Incident) -> None:
    """The person who is asked; for one who cannot, who leads it."""
    if line.person_id != reach.user.pk:
        check_can_lead(reach, incident)
