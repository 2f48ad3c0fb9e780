"""Who registers a screen, connects it anew and takes it down."""

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.permissions import check_holds
from accounts.scope import Reach


def check_can_manage_screens(reach: Reach, unit: Unit) -> None:
    """A screen shows what whoever registers it may see: a leader or duty officer of the unit, or of one above."""
    check_holds(
        reach,
        "screen.manage",
        unit.path,
        _(
            "Nothing was changed: screens of %(unit)s are kept by its leaders and duty officers. Ask one of them."
        )
        % {"unit": unit},
    )
