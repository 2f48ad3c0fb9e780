"""Who may move a version on, and from which state. Buttons and the API derive from it."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from common.states import check_move
from plans.lifecycle import rules
from plans.lifecycle.models import PlanVersion
from plans.lifecycle.permissions import check_can_manage


def check_can_move(actor: User | None, version: PlanVersion, verb: str, now: datetime) -> None:
    """Raise NotAllowed for who does not manage this plan, WrongState where the verb does not apply."""
    check_can_manage(actor, version.plan.owner_unit, now)
    check_move(
        version,
        rules.TRANSITIONS,
        verb,
        lambda: (
            _("%(ref)s was not changed: it is %(state)s. Reload the page to see what can be done with it.")
            % {"ref": version.ref, "state": version.get_state_display()}
        ),
    )
