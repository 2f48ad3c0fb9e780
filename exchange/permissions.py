"""Who may do what in the exchange. Each check raises with the reason."""

from django.utils.translation import gettext as _

from accounts.scope import Reach
from common.errors import NotAllowed


def check_can_manage(reach: Reach, unit_path: str) -> None:
    """Propose a partner, end it, make and end our own keys."""
    if not reach.holds("exchange_partner.manage", unit_path):
        raise NotAllowed(
            "not_allowed",
            _("Nothing was changed: partners of the exchange are kept by the system administrator of the unit. Ask there."),
        )  # fmt: skip


def check_can_confirm(reach: Reach, unit_path: str, proposed_by_id: int) -> None:
    """Compare the fingerprint and confirm: the security administrator, never who proposed it."""
    if not reach.holds("exchange_partner.confirm", unit_path):
        raise NotAllowed(
            "not_allowed",
            _("Nothing was confirmed: this is done by the security administrator of the unit, who has compared the fingerprint."),
        )  # fmt: skip
    if proposed_by_id == reach.user.pk:
        raise NotAllowed(
            "second_person_needed",
            _("Nothing was confirmed: you proposed it yourself. A second person compares the fingerprint and confirms."),
        )  # fmt: skip


def check_can_stop(reach: Reach, unit_path: str) -> None:
    """Suspend a partner or withdraw a key: either administrator alone, because it has to be quick."""
    if not (
        reach.holds("exchange_partner.manage", unit_path)
        or reach.holds("exchange_partner.confirm", unit_path)
    ):
        raise NotAllowed(
            "not_allowed",
            _("Nothing was stopped: this is done by the system or the security administrator of the unit. Phone them."),
        )  # fmt: skip


def check_can_answer(reach: Reach, unit_path: str) -> None:
    """Acknowledge what came in, send an order, settle what did not get through."""
    if not reach.holds("exchange.answer", unit_path):
        raise NotAllowed(
            "not_allowed",
            _("Nothing was done: this is done by the duty room or a leader of the unit. Phone them."),
        )
