"""Who may do what with orders of a joint command centre. Each check raises with the reason."""

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.scope import Reach
from command.linkage.models import LinkageOrder
from common.errors import NotAllowed, is_allowed
from incidents import permissions as incident_permissions
from incidents.models import Incident


def check_can_receive(reach: Reach, unit: Unit) -> None:
    if not reach.holds("incident.manage", unit.path):
        raise NotAllowed(
            "not_allowed",
            _("The linkage order was not recorded: this is done by the duty room or a leader of %(unit)s. Phone them.")
            % {"unit": unit},
        )  # fmt: skip


def check_can_manage(reach: Reach, order: LinkageOrder) -> None:
    """Take it up, send reports, note receipts, complete, withdraw."""
    if not reach.holds("incident.manage", order.unit_path):
        raise NotAllowed(
            "not_allowed",
            _("Nothing was changed on %(number)s: this is done by the duty room or a leader of its unit. Phone them.")
            % {"number": order.number},
        )  # fmt: skip


def check_can_report_for_duty(reach: Reach, order: LinkageOrder) -> None:
    """Whoever is at the place says so themselves; the duty room for those who can only telephone."""
    if reach.holds("incident.manage", order.unit_path):
        return
    if order.incident and is_allowed(incident_permissions.check_can_observe, reach, order.incident):
        return
    raise NotAllowed(
        "not_allowed",
        _("Nobody was reported for duty on %(number)s: those sent there and the duty room do this. Phone the duty room.")
        % {"number": order.number},
    )  # fmt: skip


def check_can_tell_centre(reach: Reach, incident: Incident) -> None:
    """Of an incident that no order asked for."""
    incident_permissions.check_can_manage(reach, incident)
