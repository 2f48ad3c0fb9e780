"""Who may do what with a correction. Each check raises with the reason; buttons and API derive from it."""

from django.utils.translation import gettext as _

from accounts.scope import Reach
from common.errors import NotAllowed
from supervision.corrections.models import Correction
from supervision.teams.permissions import is_of_team
from supervision.visits.models import Visit
from supervision.visits.permissions import check_can_record


def check_can_set(reach: Reach, visit: Visit) -> None:
    check_can_record(reach, visit.team)


def check_can_report(reach: Reach, row: Correction) -> None:
    """A leader, the duty room or the clerk of the unit that has it to do, or of one above; nobody of the team."""
    if not reach.holds("supervision.answer", row.unit_path) or is_of_team(reach, row.visit.team):
        raise NotAllowed(
            "not_your_unit",
            _(
                "%(number)s was not changed: this is done by a leader, the duty room or the clerk of %(unit)s. Ask them."
            )
            % {"number": row.number, "unit": row.unit},
        )


def check_can_verify(reach: Reach, row: Correction) -> None:
    """The team's people, or a leader of its bureau; not who reported it."""
    check_can_record(reach, row.visit.team)
    if row.reported_by_id == reach.user.pk:
        raise NotAllowed(
            "own_report",
            _("%(number)s was not verified: you reported it as done. Somebody else of the team verifies it.")
            % {"number": row.number},
        )


def check_can_extend(reach: Reach, row: Correction) -> None:
    """A leader of the bureau that sent the team; not who asked for it."""
    bureau = row.visit.team.unit
    if not reach.holds("supervision.manage", bureau.path):
        raise NotAllowed(
            "not_allowed",
            _("%(number)s was not given more time: a leader of %(unit)s decides about it. Ask them.")
            % {"number": row.number, "unit": bureau},
        )
    if row.asked_by_id == reach.user.pk:
        raise NotAllowed(
            "own_request",
            _("%(number)s was not given more time: you asked for it yourself. Another leader decides.")
            % {"number": row.number},
        )
