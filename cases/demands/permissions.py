"""Who registers a demand, who works on it, who approves that it takes longer. Each check raises with the reason."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.choices import PostKind
from accounts.models import Appointment, Unit, User
from accounts.scope import Reach
from cases.demands.models import Demand
from clocks.terms.actions import Approval
from common.database.paths import prefixes
from common.errors import NotAllowed


def check_can_register(reach: Reach, unit: Unit) -> None:
    """Leaders, duty room and clerks of the unit or of one above it."""
    if not reach.holds("matter.manage", unit.path):
        raise NotAllowed(
            "not_allowed",
            _(
                "No demand was registered for %(unit)s: this is done by leaders, duty room or clerk of the unit or "
                "of one above. Ask them."
            )
            % {"unit": unit},
        )


def check_can_work_on(reach: Reach, demand: Demand) -> None:
    """The same for the unit where it was registered, and for the one that leads it."""
    if not any(reach.holds("matter.manage", path) for path in (demand.unit_path, demand.lead_path)):
        raise NotAllowed(
            "not_allowed",
            _(
                "Nothing was changed on %(number)s: this is done by the unit that leads it or by one above. "
                "Ask them."
            )
            % {"number": demand.number},
        )


def check_can_note(reach: Reach, demand: Demand) -> None:
    """Whoever works on it, and those units that help: what they did is theirs to note."""
    if any(reach.holds("matter.manage", unit.path) for unit in demand.supporters.all()):
        return
    check_can_work_on(reach, demand)


def approval_of(person: User | None, demand: Demand, now: datetime) -> Approval:
    """As head of the organ that answers (art. 34: 本机关负责人), or of one above; nobody else approves."""
    if person is None:
        return Approval(None)
    held = Appointment.objects.current(now).filter(
        person=person,
        post__unit__path__in=prefixes(demand.lead_path),
        post__kind__in=[PostKind.DIRECTOR, PostKind.DEPUTY_DIRECTOR, PostKind.OFFICE_HEAD],
    )
    post = held.select_related("post").order_by("-post__unit__path", "pk").first()
    return Approval(person, post.post.title) if post else Approval(None)
