"""Who looks at the grid of comms checks and who has test notices sent."""

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common.errors import NotAllowed, not_found


def check_can_view(reach: Reach, unit: Unit) -> None:
    if not reach.holds("readiness.view", unit.path):
        raise not_found()


def check_can_test(reach: Reach, unit: Unit) -> None:
    if not reach.holds("readiness.test", unit.path):
        raise NotAllowed(
            "not_allowed",
            _("No test was planned or changed: the duty room or a leader of %(unit)s does that. Ask them.")
            % {"unit": unit},
        )
