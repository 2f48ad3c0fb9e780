"""Who opens past their posts, who ends it, who states whether it was justified. Each check raises with the reason."""

from django.utils.translation import gettext as _

from accounts.emergency.models import EmergencyAccess
from accounts.scope import Reach
from common.errors import NotAllowed, WrongState


def check_can_open(reach: Reach) -> None:
    """Who answers for incidents somewhere: a duty officer, a duty leader, a director or deputy. Wherever it is."""
    if not reach.has("emergency.open"):
        raise NotAllowed(
            "not_allowed",
            _(
                "Nothing was opened: duty officers, duty leaders and directors have emergency access. Phone one of them."
            ),
        )


def check_can_see_list(reach: Reach) -> None:
    if not (reach.has("emergency.open") or reach.has("emergency.end")):
        raise NotAllowed(
            "not_your_board",
            _("This board was not opened: it belongs to another post. Go to your start page."),
        )


def check_can_end(reach: Reach, access: EmergencyAccess) -> None:
    """Whoever holds it, and at any moment an auditor or security administrator of either side."""
    if access.person_id != reach.user.pk and not holds(reach, "emergency.end", access):
        raise NotAllowed(
            "not_allowed",
            _(
                "Nothing was ended: who holds the access ends it, or an auditor or security administrator of the units "
                "concerned."
            ),
        )


def check_can_review(reach: Reach, access: EmergencyAccess) -> None:
    """An auditor of the unit that was opened or of the one it was opened from; never about oneself; once."""
    if access.person_id == reach.user.pk or not holds(reach, "emergency.review", access):
        raise NotAllowed(
            "not_allowed",
            _("Nothing was stated: an auditor of the units concerned does that, and never about themself."),
        )
    if access.verdict:
        raise WrongState(
            "reviewed_already",
            _("Nothing was stated: %(who)s has stated already: %(verdict)s.")
            % {"who": access.reviewed_by, "verdict": access.get_verdict_display()},
        )


def shows_reasons(reach: Reach) -> bool:
    """What happened is for who reads incidents; an administrator of accounts learns who, which and when."""
    return reach.has("emergency.open") or reach.has("emergency.review")


def holds(reach: Reach, verb: str, access: EmergencyAccess) -> bool:
    """Whether a post carries the verb over the unit that was opened, or over the one it was opened from."""
    return reach.holds(verb, access.unit_path) or reach.holds(verb, access.post_path)
