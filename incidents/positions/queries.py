"""Where an incident was said to be before."""

from incidents.models import FormerPosition, Incident


def former_positions(incident: Incident) -> list[FormerPosition]:
    """The newest first (one query)."""
    rows = FormerPosition.objects.filter(incident=incident).select_related("corrected_by")
    return list(rows.order_by("-pk"))
