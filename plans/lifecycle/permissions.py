"""Who may load a plan and put it in force."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.scope import reach_of
from common.errors import NotAllowed


def check_can_manage(actor: User | None, owner: Unit | None, now: datetime) -> None:
    """Raise NotAllowed unless `actor` manages plans over the owner; a bureau-wide plan needs the topmost unit.

    `actor` None is the administrator at the server's own console.
    """
    if actor is None:
        return
    reach = reach_of(actor, now)
    tops = [owner.path] if owner else Unit.objects.filter(parent=None).values_list("path", flat=True)
    if not all(reach.holds("plan.manage", path) for path in tops):
        raise NotAllowed(
            "not_allowed",
            _("The plan was not changed: your posts do not manage plans here. Ask the system administrator."),
        )
