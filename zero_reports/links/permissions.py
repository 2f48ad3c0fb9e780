"""Who may send a unit a link. The check raises with the reason."""

from django.utils.translation import gettext as _

from accounts.choices import PostKind
from accounts.models import Unit
from accounts.scope import HeldPost, Reach
from common.errors import NotAllowed
from zero_reports.filing.permissions import check_can_view, filing_post


def check_can_issue(reach: Reach, unit: Unit) -> None:
    """Whoever files on behalf of the unit from above, and the unit's own duty officer."""
    check_can_view(reach, unit)
    if issuing_post(reach, unit) is None:
        raise NotAllowed(
            "not_the_level_above",
            _(
                "No link for %(unit)s was made or revoked: the level above or the unit's duty officer does this. "
                "Ask them, or file on the page of the report."
            )
            % {"unit": unit},
        )


def issuing_post(reach: Reach, unit: Unit) -> HeldPost | None:
    """The post in whose name this person issues; None = none."""
    post, on_behalf = filing_post(reach, unit)
    return post if post and (on_behalf or post.kind == PostKind.DUTY_OFFICER) else None
