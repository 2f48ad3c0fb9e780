"""Who names the responsibles of a unit, and who looks at the grid."""

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common.errors import NotAllowed, not_found


def check_can_look(reach: Reach) -> None:
    if not reach.has("readiness.view"):
        raise NotAllowed(
            "not_allowed",
            _("The grid was not opened: leaders, duty rooms and auditors look at it. Ask your duty room."),
        )


def check_can_view(reach: Reach, unit: Unit) -> None:
    if not reach.holds("readiness.view", unit.path):
        raise not_found()


def check_can_name(reach: Reach, unit: Unit) -> None:
    """A leader of the unit, or of one above."""
    if not reach.holds("responsible.name", unit.path):
        raise NotAllowed(
            "not_allowed",
            _("Nobody was named: this is done by a leader of %(unit)s or of the level above. Ask them.")
            % {"unit": unit},
        )
