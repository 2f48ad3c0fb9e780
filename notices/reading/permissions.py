"""Who may do what with notices. Each check raises with the reason; buttons derive from it."""

from django.utils.translation import gettext as _

from accounts.scope import Reach
from common.errors import NotAllowed
from notices.models import Callout


def check_can_call(reach: Reach, callout: Callout) -> None:
    """Telephone somebody by hand and say how it ended: the desk of the unit and those above it, never oneself."""
    if callout.recipient_id == reach.user.pk:
        raise NotAllowed(
            "call_to_oneself",
            _(
                "The call was not recorded: it is you who is to be reached. Confirm the notice on your own page instead."
            ),
        )
    if not reach.holds("incident.manage", callout.unit_path):
        raise NotAllowed(
            "not_allowed",
            _(
                "The call was not recorded: you may read who was told, but not call for this unit. Phone its duty room."
            ),
        )
