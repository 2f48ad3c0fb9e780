"""Who sets up supervision teams. Each check raises with the reason; buttons and API derive from it."""

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from common.errors import NotAllowed
from supervision.teams.models import Team


def check_can_look(reach: Reach) -> None:
    if not reach.has("supervision.view"):
        raise NotAllowed(
            "not_allowed",
            _("The list was not opened: none of your posts reads supervision. Ask your duty room."),
        )


def check_can_set_up(reach: Reach, unit: Unit) -> None:
    """A leader of the bureau, or of one above."""
    if not reach.holds("supervision.manage", unit.path):
        raise NotAllowed(
            "not_allowed",
            _("No team was set up or changed: this is done by a leader of %(unit)s. Ask them.")
            % {"unit": unit},
        )


def is_of_team(reach: Reach, team: Team) -> bool:
    """Whether this person is one of its people while it stands (its members read beforehand cost no query)."""
    return team.ended_at is None and any(one.person_id == reach.user.pk for one in team.members.all())
