"""What happens to codes on slips. Lock, check, change, record."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from cases.demands import permissions
from cases.demands.models import Demand
from cases.demands.transitions import lock_demand, record_only
from cases.slips.models import SlipCode
from cases.slips.tokens import hash_of, new_code
from common.errors import WrongState


@transaction.atomic
def issue_code(*, reach: Reach, demand_id: int, now: datetime) -> str:
    """A new code for the demand's slip, shown this once; the one before opens nothing any more.

    Raises WrongState where the installation opens no public page, or the demand is closed.
    """
    demand = lock_demand(demand_id)

    permissions.check_can_work_on(reach, demand)
    if not settings.PUBLIC_DEMAND_PAGE:
        raise WrongState(
            "public_page_off",
            _(
                "No code was made for %(number)s: this installation opens no public page. Print the slip without "
                "a code."
            )
            % {"number": demand.number},
        )
    if not demand.is_open:
        raise WrongState(
            "wrong_state",
            _("No code was made for %(number)s: it is closed. The reply is what its person keeps.")
            % {"number": demand.number},
        )

    code = new_code()
    _end(demand, now)
    SlipCode.objects.create(demand=demand, token_hash=hash_of(code), issued_at=now, issued_by=reach.user)

    record_only("slip.issued", demand, reach, at=now, now=now, note="")
    return code


@transaction.atomic
def revoke_code(*, reach: Reach, demand_id: int, now: datetime) -> int:
    """Let the demand's code open nothing any more. Returns how many there were: one, or none."""
    demand = lock_demand(demand_id)

    permissions.check_can_work_on(reach, demand)
    many = _end(demand, now)
    if many:
        record_only("slip.revoked", demand, reach, at=now, now=now, note="")
    return many


def _end(demand: Demand, now: datetime) -> int:
    return SlipCode.objects.filter(demand=demand, revoked_at=None).update(revoked_at=now)
