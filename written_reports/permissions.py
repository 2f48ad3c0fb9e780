"""Who writes a report, and who confirms its receipt. Each check raises with the reason."""

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import HeldPost, Reach
from common.errors import NotAllowed
from zero_reports.filing.permissions import check_can_view


def check_can_write(reach: Reach, unit: Unit) -> None:
    """Whoever files reports for the unit, or for it from above."""
    check_can_view(reach, unit)
    if not reach.holds("report.file", unit.path):
        raise NotAllowed(
            "not_your_unit",
            _(
                "The report of %(unit)s was not kept: your post may read reports but not write them. Ask the unit "
                "itself or its duty room."
            )
            % {"unit": unit},
        )


def check_can_receive(reach: Reach, unit: Unit) -> None:
    """Leaders and the duty room of the level above; where nobody is above, those of the unit itself."""
    check_can_view(reach, unit)
    if receiving_post(reach, unit) is None:
        raise NotAllowed(
            "not_the_level_above",
            _(
                "The receipt of the report of %(unit)s was not confirmed: this is done by a leader or the duty room "
                "of %(above)s. Ask them."
            )
            % {"unit": unit, "above": unit.parent or unit},
        )


def receiving_post(reach: Reach, unit: Unit) -> HeldPost | None:
    return reach.post_for("report.confirm", (unit.parent or unit).path)
