"""Who keeps the resources of a unit, and who may look them up. Each check raises with the reason."""

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common.errors import NotAllowed


def check_can_look(reach: Reach) -> None:
    if not reach.has("resource.view"):
        raise NotAllowed(
            "not_allowed",
            _("The list was not opened: none of your posts looks up resources. Ask your duty room."),
        )


def check_keeps_any(reach: Reach) -> None:
    """Raise for somebody who keeps the resources of no unit at all."""
    if not reach.has("resource.keep"):
        raise NotAllowed(
            "not_allowed",
            _(
                "The page was not opened: resources are kept by leaders, the duty room and clerks. Ask one of them to "
                "write it down."
            ),
        )


def check_can_keep(reach: Reach, unit: Unit) -> None:
    """Leaders, duty room and clerks of the unit or of one above it (district plan §5.4: a person named for it)."""
    if not reach.holds("resource.keep", unit.path):
        raise NotAllowed(
            "not_allowed",
            _(
                "Nothing was changed: the resources of %(unit)s are kept by its leaders, its duty room or its clerk, "
                "or by a unit above. Ask them."
            )
            % {"unit": unit},
        )
