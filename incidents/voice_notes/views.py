"""Leaving a voice note by a plain form, and hearing it: under the rights of its incident, each time on the record."""

import re

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views import View

from common.errors import NotFound, Refused, not_found
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents.queries import get_incident
from incidents.voice_notes.actions import hear_note, leave_note
from incidents.voice_notes.queries import note_of
from incidents.voice_notes.rules import MOST_BYTES

#: The field of a form that holds a recording.
FIELD = "voice_note"
_SUFFIX = {"audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "m4a"}
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def leave_from_form(request, incident) -> None:
    """What was chosen in a form that raises an alarm: refused, it says so, and the alarm stands."""
    file = request.FILES.get(FIELD)
    if file is None or not file.size:
        return
    try:
        leave_note(
            incident_id=incident.pk, reach=request.reach, content=file.read(MOST_BYTES + 1), now=request.now
        )
    except Refused as refused:
        messages.error(request, str(refused))


class VoiceNoteFile(LoginRequiredMixin, View):
    """GET hears the note, POST leaves one."""

    def get(self, request, number):
        incident = get_incident(request.reach, number)
        note = note_of(incident)
        if note is None:
            raise not_found()
        content = hear_note(incident=incident, note=note, reach=request.reach, now=request.now)
        if content is None:
            raise NotFound(
                "voice_note_gone",
                _("The voice note of %(number)s cannot be heard: it was erased, or its file is missing.")
                % {"number": incident.number},
            )
        response = in_part(request, content, note.media_type)
        name = f"{incident.number}.{_SUFFIX[note.media_type]}"
        response["Content-Disposition"] = content_disposition_header(True, name)
        response["Cache-Control"] = "no-store"
        return response

    @once
    def post(self, request, number):
        incident = get_incident(request.reach, number)
        leave_from_form(request, incident)
        return see_other("alarm-sent", incident.number)


def in_part(request, content: bytes, media_type: str) -> HttpResponse:
    """All of it, or the piece that a player asks for: some play nothing of which they cannot have pieces."""
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    first, last = _span(asked[1], asked[2], len(content)) if asked else (0, len(content) - 1)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    response = HttpResponse(content[first : last + 1], content_type=media_type)
    response["Accept-Ranges"] = "bytes"
    if asked:
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return response


def _span(first: str, last: str, length: int) -> tuple[int, int]:
    """The first and the last byte of "10-", "10-19" and "-10"."""
    if not first:
        return max(0, length - int(last or 0)), length - 1
    return int(first), min(int(last or length), length - 1)
