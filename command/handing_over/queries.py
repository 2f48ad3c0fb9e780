"""What the incident's page and the API show of what was handed over."""

from typing import NamedTuple

from accounts.scope import Reach
from command.handing_over import rules
from command.handing_over.choices import HandingVerb
from command.handing_over.models import HandedOver
from common.errors import is_allowed, not_found
from incidents.models import Incident
from incidents.permissions import check_can_manage
from resources.partners.models import Partner
from resources.partners.queries import partners_serving


class OfHandingOver(NamedTuple):
    #: Each with what may be noted of it now.
    rows: list[tuple[HandedOver, list[HandingVerb]]]
    may_hand_over: bool


def of_incident(reach: Reach, incident: Incident) -> OfHandingOver:
    """What was handed over, oldest first (one query)."""
    may = is_allowed(check_can_manage, reach, incident)
    rows = HandedOver.objects.filter(incident=incident).select_related("handed_by")
    return OfHandingOver(
        [(row, [HandingVerb(verb) for verb in rules.TRANSITIONS.verbs_for(row.state)] if may else []) for row in rows],
        may and incident.is_open,
    )  # fmt: skip


def partner_for(incident: Incident, pk: int | None) -> Partner | None:
    """The partner that serves the incident's unit; NotFound for one that does not. None: none was named."""
    if pk is None:
        return None
    found = next((one for one in partners_serving(incident.unit) if one.pk == pk), None)
    if found is None:
        raise not_found()
    return found


def get_handed(reach: Reach, pk: int) -> HandedOver:
    found = HandedOver.objects.filter(pk=pk).select_related("incident").first()
    if found is None or not Incident.objects.visible_to(reach).filter(pk=found.incident_id).exists():
        raise not_found()
    return found
