"""Who may do what with the personal data of an incident that is over. Each check raises with the reason.

Whoever manages the incident destroys (`incidents.permissions`).
"""

from django.utils.translation import gettext as _

from accounts.scope import Reach
from common.errors import NotAllowed
from incidents.models import Incident


def check_can_keep(reach: Reach, incident: Incident) -> None:
    """A leader of the incident's unit or above."""
    if not reach.holds("personal_data.keep", incident.unit_path):
        raise NotAllowed(
            "leader_decides",
            _(
                "Nothing was decided about the personal data of %(number)s: that something is kept is decided by a "
                "leader of its unit. Ask them, or destroy everything."
            )
            % {"number": incident.number},
        )
