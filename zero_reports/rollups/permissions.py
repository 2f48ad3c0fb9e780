"""Who may confirm a period, and send it back. Each check raises with the reason."""

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import HeldPost, Reach
from common.errors import NotAllowed
from zero_reports.filing.permissions import check_can_view


def check_can_confirm(reach: Reach, unit: Unit) -> None:
    """Leaders and the duty room of the unit itself: a level above does not confirm in its place (四 2)."""
    check_can_view(reach, unit)
    if confirming_post(reach, unit) is None:
        raise NotAllowed(
            "not_your_unit",
            _(
                "The summary of %(unit)s was not confirmed: this is done by a leader or the duty room of the "
                "unit itself. Ask them; the level above may go up without it and say why."
            )
            % {"unit": unit},
        )


def check_can_return(reach: Reach, unit: Unit) -> None:
    """The level above, and the unit itself while nothing was built upon it."""
    check_can_view(reach, unit)
    above = unit.parent is not None and reach.holds("report.confirm", unit.parent.path)
    if not above and confirming_post(reach, unit) is None:
        raise NotAllowed(
            "not_your_unit",
            _(
                "The summary of %(unit)s was not returned: this is done by the level above or by the unit itself. "
                "Ask one of them."
            )
            % {"unit": unit},
        )


def confirming_post(reach: Reach, unit: Unit) -> HeldPost | None:
    """The post in whose name this person confirms for the unit; None = not one of its own."""
    post = reach.post_for("report.confirm", unit.path)
    return post if post and post.unit_id == unit.pk else None
