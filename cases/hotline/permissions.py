"""Who enters the hotline's totals: whoever works on matters of the unit. Each line is checked for its unit."""

from django.utils.translation import gettext as _

from accounts.scope import Reach
from common.errors import NotAllowed


def check_can_import(reach: Reach) -> None:
    if not reach.has("matter.manage"):
        raise NotAllowed(
            "not_allowed",
            _(
                "No totals can be entered: this is done by the duty room, a clerk or a leader of a unit. Ask them."
            ),
        )
