"""Who registers what units report, and who works on it. Each check raises with the reason."""

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from cases.matters.models import Matter
from common.errors import NotAllowed


def check_can_register(reach: Reach, unit: Unit) -> None:
    """Leaders, duty room and clerks of the unit or of one above it (四 5)."""
    if not reach.holds("matter.manage", unit.path):
        raise NotAllowed(
            "not_allowed",
            _(
                "The matter of %(unit)s was not registered: this is done by leaders, duty room or clerk of the "
                "unit or of one above. Ask them."
            )
            % {"unit": unit},
        )


def check_can_work_on(reach: Reach, matter: Matter) -> None:
    """The same for the unit the matter comes from; the lead unit works on it too."""
    led = matter.lead_unit is not None and reach.holds("matter.manage", matter.lead_unit.path)
    if not led and not reach.holds("matter.manage", matter.unit_path):
        raise NotAllowed(
            "not_allowed",
            _(
                "Nothing was changed on %(number)s: this is done by the unit that leads it or by one above. "
                "Ask them."
            )
            % {"number": matter.number},
        )
