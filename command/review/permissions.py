"""Who may do what with a review. Each check raises with the reason; buttons and API derive from it.

Whoever manages the incident begins, answers, writes, hands in and follows up (`incidents.permissions`).
"""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.scope import Reach
from command.review.models import Review
from common.errors import NotAllowed
from incidents.models import Incident
from plans.document.after_action import approver_of
from plans.people.holders import Bench, Signatory


def seat_of(incident: Incident, now: datetime) -> Signatory | None:
    """Who approves by the plan; None where it names nobody, or nobody holds that here."""
    role = approver_of(incident.plan.document)
    return Bench(incident.unit, now).seat(role) if role else None


def check_can_approve(reach: Reach, review: Review, now: datetime) -> None:
    """Whoever holds what the plan names; where that is nobody, a leader of a unit above the incident's (of the highest
    unit itself, one of its own). Never who handed it in."""
    incident = review.incident
    if review.handed_in_by_id == reach.user.pk:
        raise NotAllowed(
            "own_review", _("The review was not approved: you handed it in. Another leader approves it.")
        )
    if seat := seat_of(incident, now):
        if reach.user.pk not in {holder.person.pk for holder in seat.holders}:
            raise NotAllowed(
                "not_approver",
                _("The review was not approved: the plan names %(who)s for it. Ask them.")
                % {"who": f"{seat.unit} {seat.role.words.zh}"},
            )
    elif not reach.holds("review.approve", above(incident)):
        raise NotAllowed(
            "not_approver",
            _("The review was not approved: a leader of the unit above %(unit)s does it. Ask them.")
            % {"unit": incident.unit},
        )


def above(incident: Incident) -> str:
    """The path of the unit above the incident's; its own where there is none."""
    parent = incident.unit.parent
    return parent.path if parent else incident.unit_path
