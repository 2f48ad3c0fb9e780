"""Who may say yes or no to a major measure. The check raises with the reason; buttons and API derive from it.

Whoever manages the incident puts measures on record, asks and withdraws (`incidents.permissions`).
"""

from django.utils.translation import gettext as _

from accounts.queries import Holder
from accounts.scope import Reach
from command.measures.models import Measure
from common.errors import NotAllowed
from incidents.permissions import check_can_manage
from plans.document.sections import role_of
from plans.people.holders import Bench


def check_can_answer(reach: Reach, measure: Measure, bench: Bench) -> None:
    """Who holds the role that the plan names. Of a role outside the bureau the duty room notes the answer."""
    if measure.is_outside:
        check_can_manage(reach, measure.incident)
    elif seat_of(reach, measure, bench) is None:
        raise NotAllowed(
            "not_the_approver",
            _("“%(what)s” was not answered: the plan has it approved by %(whose)s. Phone them.")
            % {"what": measure.what, "whose": measure.whose},
        )


def seat_of(reach: Reach, measure: Measure, bench: Bench) -> Holder | None:
    """The post from which this person answers, None where they hold none that the role means."""
    assert measure.plan is not None
    seat = bench.seat(role_of(measure.plan.document, measure.role))
    found = (holder for holder in (seat.holders if seat else ()) if holder.person == reach.user)
    return next(found, None)
