"""The voice note of an incident, for its pages, its certificate and its archive."""

from typing import Any

from django.db.models import QuerySet

from incidents.models import Incident
from incidents.voice_notes.models import VoiceNote


def note_of(incident: Incident) -> VoiceNote | None:
    """No query for an incident that was read with it (incidents.queries.get_incident)."""
    return getattr(incident, "voice_note", None)


def gathered_by(incident: Incident) -> QuerySet[VoiceNote]:
    """Its own and those of the alarms that were linked with it as the same event."""
    linked = [incident.pk]
    while more := list(
        Incident.objects.filter(merged_into__in=linked).exclude(pk__in=linked).values_list("pk", flat=True)
    ):
        linked += more
    return VoiceNote.objects.filter(incident__in=linked).select_related("incident").order_by("pk")


def described(note: VoiceNote) -> dict[str, Any]:
    """What a file that leaves the house says of it: that there was one, never what was said."""
    return {
        "incident": note.incident.number,
        "received_at": note.received_at,
        "seconds": note.seconds,
        "sha256": note.sha256,
        "erased": not note.is_there,
    }
