"""Who fills in official forms: whoever works on matters of the unit."""

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common.errors import NotAllowed


def check_can_fill_in(reach: Reach, unit: Unit) -> None:
    if not reach.holds("matter.manage", unit.path):
        raise NotAllowed(
            "not_allowed",
            _(
                "The form of %(unit)s was not changed: this is done by leaders, duty room or clerk of the unit or "
                "of one above. Ask them."
            )
            % {"unit": unit},
        )
