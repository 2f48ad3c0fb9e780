"""From a verb at a door to its action."""

from datetime import date, datetime

from accounts.scope import Reach
from command.destruction import actions
from command.destruction.actions import Assessment
from command.destruction.choices import ItemVerb
from command.destruction.models import CertificateItem


def act_on(
    item: CertificateItem,
    verb: str,
    *,
    reach: Reach,
    credential: str,
    now: datetime,
    rev: int | None = None,
    ground: str = "",
    legal_basis: str = "",
    reason: str = "",
    safeguards: str = "",
    until: date | None = None,
) -> CertificateItem:
    """Of an assessment, what is left out stays as it was; the day never does."""
    about = {"item_id": item.pk, "reach": reach, "credential": credential, "now": now, "rev": rev}
    if verb == ItemVerb.END:
        return actions.end_keeping(**about)
    assessment = Assessment(
        ground or item.ground,
        legal_basis or item.legal_basis,
        reason or item.reason,
        safeguards or item.safeguards,
        until,
    )
    return actions.keep_longer(assessment=assessment, **about)
