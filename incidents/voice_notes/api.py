"""The door of voice notes in the HTTP API."""

from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from common.errors import not_found
from common.failpoints import crash_point
from incidents.models import Incident
from incidents.shapes import VoiceNoteShape
from incidents.voice_notes.actions import leave_note
from incidents.voice_notes.parsers import SoundParser


class AlarmVoiceNote(APIView):
    """Leave the voice note of an alarm, by the alarm's `client_id`; the body is the recording.

    Sent again, the same recording gives the first answer, with 200.
    """

    parser_classes = (SoundParser,)
    # Nobody who reports is told to wait.
    throttle_classes = ()

    @extend_schema(
        request={"audio/*": OpenApiTypes.BINARY}, responses={201: VoiceNoteShape, 200: VoiceNoteShape}
    )
    def post(self, request, client_id):
        mine = Incident.objects.filter(reported_by=request.user, client_id=client_id).first()
        if mine is None:
            raise not_found()
        note, is_new = leave_note(
            incident_id=mine.pk, reach=request.reach, content=request.data or b"", now=request.now
        )
        crash_point("voice_notes.before_answer")
        said = {
            "number": mine.number,
            "sha256": note.sha256,
            "seconds": note.seconds,
            "received_at": note.received_at,
        }
        return Response(said, status=201 if is_new else 200)
