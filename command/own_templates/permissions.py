"""Who keeps a unit's own templates. Looking them up is as with its other resources (resources.permissions)."""

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common.errors import NotAllowed


def check_keeps_any(reach: Reach) -> None:
    if not reach.has("order_template.keep"):
        raise NotAllowed(
            "not_allowed",
            _("The page was not opened: templates of orders are kept by leaders and the duty room. Ask one of them."),
        )  # fmt: skip


def check_can_keep(reach: Reach, unit: Unit) -> None:
    """Who gives orders there: its leaders and duty room, and those of a unit above."""
    if not reach.holds("order_template.keep", unit.path):
        raise NotAllowed(
            "not_allowed",
            _(
                "Nothing was changed: the templates of %(unit)s are kept by its leaders and its duty room, or by a unit above. Ask them."
            )
            % {"unit": unit},
        )
