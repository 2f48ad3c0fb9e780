"""What the reporter of an alarm said in their own words: the file lies beside the database, sealed."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from incidents.voice_notes.containers import MP4, OGG, WEBM

TYPES = [(one, one) for one in (WEBM, OGG, MP4)]


class VoiceNote(models.Model):
    """One for each alarm at most. The row outlives the file: it says that there was one, and its hash."""

    incident = models.OneToOneField("incidents.Incident", on_delete=models.PROTECT, related_name="voice_note")
    #: A random name in DATA_DIR/voice; empty: erased.
    file = models.CharField(max_length=64, blank=True, default="")
    #: Of the recording as it came, not of the sealed file.
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=12, choices=TYPES)
    size = models.PositiveIntegerField()
    seconds = models.PositiveSmallIntegerField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(Exact(Length("sha256"), 64)), name="a_voice_note_has_a_whole_hash"
            ),
            models.UniqueConstraint(
                fields=["file"], condition=~Q(file=""), name="each_voice_note_has_its_own_file"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.seconds} s"

    @property
    def is_there(self) -> bool:
        return bool(self.file)
