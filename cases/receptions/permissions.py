"""Who receives people: whoever manages matters of the unit. Each check raises with the reason."""

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from cases.receptions.models import Reception
from common.errors import NotAllowed


def check_can_receive(reach: Reach, unit: Unit) -> None:
    """Leaders, duty room and clerks of the unit or of one above it."""
    if not reach.holds("matter.manage", unit.path):
        raise NotAllowed(
            "not_allowed",
            _(
                "No reception was entered for %(unit)s: this is done by leaders, duty room or clerk of the unit or "
                "of one above. Ask them."
            )
            % {"unit": unit},
        )


def check_can_work_on(reach: Reach, reception: Reception) -> None:
    if not reach.holds("matter.manage", reception.unit_path):
        raise NotAllowed(
            "not_allowed",
            _("Nothing was changed on %(number)s: leaders, duty room or clerk of its unit do this. Ask them.")
            % {"number": reception.number},
        )
