"""What happens with a reporter's voice note. Each action: lock, check, change, record."""

import hashlib
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.scope import Reach
from common.errors import WrongState
from common.failpoints import crash_point
from incidents.models import Incident
from incidents.transitions import lock_incident, record_entry
from incidents.voice_notes import storage
from incidents.voice_notes.models import VoiceNote
from incidents.voice_notes.permissions import check_can_leave
from incidents.voice_notes.queries import note_of
from incidents.voice_notes.rules import read_recording
from journal.models import Entry

#: A browser asks for a file piece by piece: so long it is one listening.
ONE_LISTENING = timedelta(minutes=1)


@transaction.atomic
def leave_note(*, incident_id: int, reach: Reach, content: bytes, now: datetime) -> tuple[VoiceNote, bool]:
    """Keep what the reporter said. Returns the note and whether it is new: the same recording again is the first one.

    Raises Invalid where it is no short recording, WrongState where the alarm has another one or is over.
    """
    incident = lock_incident(incident_id)

    digest = hashlib.sha256(content).hexdigest()
    if there := note_of(incident):
        _check_same(incident, there, digest, reach)
        return there, False
    check_can_leave(reach, incident)
    recording = read_recording(content)

    name = storage.store(content)
    crash_point("voice_notes.stored_not_recorded")
    note = VoiceNote.objects.create(
        incident=incident, file=name, sha256=digest, media_type=recording.media_type, size=len(content),
        seconds=recording.seconds, received_at=now,
    )  # fmt: skip

    said = {"sha256": digest, "seconds": note.seconds, "size": note.size}
    record_entry(incident, "incident.voice_note_received", reach, at=now, content=said)
    return note, True


def _check_same(incident: Incident, there: VoiceNote, digest: str, reach: Reach) -> None:
    if there.sha256 != digest or incident.reported_by_id != reach.user.pk:
        raise WrongState(
            "voice_note_there",
            _("The voice note was not taken: %(number)s has one already. Say the rest by telephone.")
            % {"number": incident.number},
        )


@transaction.atomic
def hear_note(*, incident: Incident, note: VoiceNote, reach: Reach, now: datetime) -> bytes | None:
    """What was said, for a reader of the incident; each listening is on the record. None where the file is gone."""
    content = storage.read(note)
    if content is not None and not _is_listening(incident, reach, now):
        record_entry(incident, "voice_note.heard", reach, at=now, content={"sha256": note.sha256})
    return content


def _is_listening(incident: Incident, reach: Reach, now: datetime) -> bool:
    heard = Entry.objects.filter(thread=incident.key, kind="voice_note.heard", actor=reach.user)
    return heard.filter(at__gt=now - ONE_LISTENING).exists()


def erase_note(incident: Incident, reach: Reach, now: datetime) -> None:
    """Take away what was said in an alarm that was taken back. The caller has locked the incident."""
    note = note_of(incident)
    if note and note.is_there:
        storage.erase(note)
        record_entry(incident, "incident.voice_note_erased", reach, at=now, content={"sha256": note.sha256})
