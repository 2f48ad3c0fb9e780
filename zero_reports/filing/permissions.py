"""Who may file, for whom, and who may look. Each check raises with the reason."""

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import HeldPost, Reach
from common.api.doors import not_found
from common.errors import NotAllowed


def check_can_view(reach: Reach, unit: Unit) -> None:
    """A unit outside the scope does not exist for this person."""
    if not reach.holds("report.view", unit.path):
        raise not_found()


def check_can_file(reach: Reach, unit: Unit) -> None:
    """For the own unit, and on behalf of units below it."""
    if not reach.holds("report.view", unit.path) and not reach.holds("report.file", unit.path):
        raise not_found()
    if not reach.holds("report.file", unit.path):
        raise NotAllowed(
            "not_your_unit",
            _(
                "The report for %(unit)s was not filed: your post may read reports but not file them. "
                "Ask the unit itself or its duty room."
            )
            % {"unit": unit},
        )


def filing_post(reach: Reach, unit: Unit) -> tuple[HeldPost | None, bool]:
    """The post in whose name this person files for the unit, and whether it is on behalf (代报)."""
    post = reach.post_for("report.file", unit.path)
    return post, post is not None and post.unit_id != unit.pk
