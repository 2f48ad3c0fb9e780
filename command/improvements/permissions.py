"""Who may do what with an improvement. Each check raises with the reason; buttons and API derive from it."""

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from command.improvements.models import Improvement
from common.errors import NotAllowed


def check_can_set(reach: Reach, unit: Unit) -> None:
    """The duty room or a leader of the unit whose incident or drill it was, or of one above."""
    if not reach.holds("improvement.set", unit.path):
        raise NotAllowed(
            "not_allowed",
            _("No improvement was set: this is done by the duty room or a leader of %(unit)s. Ask them.")
            % {"unit": unit},
        )


def owns(reach: Reach, row: Improvement) -> bool:
    """Whether it is this person's to do, by name or by a post held now."""
    return row.person_id == reach.user.pk or row.post_id in {post.post_id for post in reach.posts}


def check_can_report(reach: Reach, row: Improvement) -> None:
    """Whoever has it to do; the duty room or a leader of their unit for them."""
    if not (owns(reach, row) or reach.holds("improvement.set", row.unit_path)):
        raise NotAllowed(
            "not_yours",
            _("The task was not reported as done: it is for %(owner)s. Ask them to report it.")
            % {"owner": row.owner},
        )


def check_can_decide(reach: Reach, row: Improvement) -> None:
    """A leader of the unit that set it, or of one above: sends back, moves the day, gives to somebody else, drops."""
    if not reach.holds("improvement.decide", row.set_for.path):
        raise NotAllowed(
            "not_allowed",
            _("The task was not changed: this is decided by a leader of %(unit)s. Ask them.")
            % {"unit": row.set_for},
        )


def check_can_confirm(reach: Reach, row: Improvement) -> None:
    """Such a leader who did not report it themselves."""
    check_can_decide(reach, row)
    if row.reported_by_id == reach.user.pk:
        raise NotAllowed(
            "own_report",
            _("The task was not confirmed: you reported it as done. Another leader confirms it."),
        )
