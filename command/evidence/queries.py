"""What the incident's page and the API show of the index of evidence."""

from typing import NamedTuple

from django.db.models import Prefetch

from accounts.scope import Reach
from command.evidence.models import Custody, EvidenceItem
from common.errors import is_allowed, not_found
from incidents.models import Incident
from incidents.permissions import check_can_observe


class EvidenceLine(NamedTuple):
    item: EvidenceItem
    #: Who kept it where, oldest first; never empty.
    chain: list[Custody]

    @property
    def now(self) -> Custody:
        return self.chain[-1]


class OfEvidence(NamedTuple):
    lines: list[EvidenceLine]
    #: The index goes on after the incident has closed: what is kept is still handed on.
    may_enter: bool


def of_incident(reach: Reach, incident: Incident) -> OfEvidence:
    """The index of one incident, oldest first (two queries)."""
    chain = Prefetch("custody", Custody.objects.select_related("recorded_by").order_by("number"))
    rows = EvidenceItem.objects.filter(incident=incident).select_related("recorded_by")
    return OfEvidence(
        [EvidenceLine(row, list(row.custody.all())) for row in rows.prefetch_related(chain)],
        is_allowed(check_can_observe, reach, incident),
    )


def get_item(reach: Reach, pk: int) -> EvidenceItem:
    """An item of an incident this person may see; NotFound otherwise."""
    found = EvidenceItem.objects.filter(pk=pk).select_related("incident").first()
    if found is None or not Incident.objects.visible_to(reach).filter(pk=found.incident_id).exists():
        raise not_found()
    return found
