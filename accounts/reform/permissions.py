"""Who may end, split or merge units. The check raises with the reason."""

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common.errors import NotAllowed


def check_can_reform(reach: Reach, unit: Unit) -> None:
    """The system administrator of the unit; who administers one unit alone does not end it."""
    if not reach.holds("units.manage", unit.path):
        raise NotAllowed(
            "not_your_unit",
            _("No unit was changed: %(unit)s is not among the units you administer. Ask its administrator.")
            % {"unit": unit},
        )
