"""Who may settle a duty. The check raises with the reason; buttons and API derive from it."""

from django.utils.translation import gettext as _

from accounts.scope import Reach
from command.obligations.models import Obligation
from common.errors import NotAllowed
from plans.document.sections import role_of
from plans.people.holders import Bench


def check_can_settle(reach: Reach, duty: Obligation, bench: Bench) -> None:
    """The duty room and the leaders of the incident's unit, or of one above, and who is responsible by the plan."""
    if reach.holds("incident.manage", duty.response.unit_path):
        return
    for name in duty.roles:
        if any(holder.person == reach.user for holder in bench.holders(role_of(duty.plan.document, name))):
            return
    raise NotAllowed(
        "not_responsible",
        _(
            "“%(what)s” was not changed: it is settled by who is responsible for it or by the duty room. Phone them."
        )
        % {"what": duty.title},
    )
