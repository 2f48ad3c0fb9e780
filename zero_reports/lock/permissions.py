"""Who may open a locked period. The check raises with the reason."""

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import HeldPost, Reach
from common.errors import NotAllowed
from zero_reports.filing.permissions import check_can_view


def check_can_grant(reach: Reach, unit: Unit) -> None:
    """Leaders and the duty room of the level above; nobody opens a period for the own unit, save at the top."""
    check_can_view(reach, unit)
    if granting_post(reach, unit) is None:
        raise NotAllowed(
            "not_the_level_above",
            _(
                "No exception was granted to %(unit)s: this is done by a leader or the duty room of the level above. "
                "Ask them and give the reason."
            )
            % {"unit": unit},
        )


def check_can_withdraw(reach: Reach, unit: Unit) -> None:
    """Whoever could grant it."""
    check_can_view(reach, unit)
    if granting_post(reach, unit) is None:
        raise NotAllowed(
            "not_the_level_above",
            _(
                "The exception for %(unit)s was not withdrawn: this is done by a leader or the duty room of the level "
                "above. Ask them."
            )
            % {"unit": unit},
        )


def granting_post(reach: Reach, unit: Unit) -> HeldPost | None:
    """The post in whose name this person grants; None = none."""
    above = unit.parent or unit
    return reach.post_for("report.confirm", above.path)
