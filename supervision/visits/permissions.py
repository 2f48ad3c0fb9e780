"""Who may do what with a supervision visit. Each check raises with the reason; buttons and API derive from it."""

from django.utils.translation import gettext as _

from accounts.scope import Reach
from common.errors import NotAllowed
from supervision.teams.models import Team
from supervision.teams.permissions import is_of_team
from supervision.visits.models import Visit


def check_can_record(reach: Reach, team: Team) -> None:
    """The team's people, or a leader of its bureau for them."""
    if not (is_of_team(reach, team) or reach.holds("supervision.manage", team.unit_path)):
        raise NotAllowed(
            "not_of_team",
            _(
                "Nothing was recorded: this is done by the people of “%(team)s” or a leader of %(unit)s. Ask them."
            )
            % {"team": team, "unit": team.unit},
        )


def check_can_send(reach: Reach, visit: Visit) -> None:
    check_can_record(reach, visit.team)


def check_can_answer(reach: Reach, visit: Visit) -> None:
    """The unit's leaders, duty room or clerk, or those of a unit above it; nobody of the team that came."""
    if not reach.holds("supervision.answer", visit.unit_path):
        raise NotAllowed(
            "not_your_unit",
            _(
                "The visit was not answered: this is done by a leader, the duty room or the clerk of %(unit)s. Ask them."
            )
            % {"unit": visit.unit},
        )
    if is_of_team(reach, visit.team):
        raise NotAllowed(
            "own_visit", _("The visit was not answered: you are of the team that came. The unit answers it.")
        )
