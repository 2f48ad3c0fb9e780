"""What a voice note may be. Plain values in and out."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from common.errors import Invalid
from incidents.voice_notes.containers import NotSound, sound_in

#: What the page records at most, and what a device's stop button may add to it.
LONGEST_SECONDS, TOLERANCE_SECONDS = 30, 5
#: Half a minute of speech is 60 to 500 kilobytes, whatever the device records with.
MOST_BYTES = 1024 * 1024


class Recording(NamedTuple):
    content: bytes
    media_type: str
    seconds: int


def read_recording(content: bytes) -> Recording:
    """Look at what was sent. Raises Invalid where it is no short recording of sound."""
    if len(content) > MOST_BYTES:
        raise Invalid(
            "voice_note_too_large",
            _("The voice note was not taken: it is larger than 1 MB. The alarm stands; say it by telephone."),
        )
    try:
        sound = sound_in(content)
    except NotSound as fault:
        raise Invalid(
            "voice_note_no_sound",
            _(
                "The voice note was not taken: this is no sound recording of a kind known here (WebM, Ogg or MP4). The "
                "alarm stands; say it by telephone."
            ),
            fault=str(fault),
        ) from fault
    if sound.seconds > LONGEST_SECONDS + TOLERANCE_SECONDS:
        raise Invalid(
            "voice_note_too_long",
            _("The voice note was not taken: it is longer than %(seconds)s seconds. The alarm stands; say it by telephone.")
            % {"seconds": LONGEST_SECONDS},
        )  # fmt: skip
    return Recording(content, sound.media_type, round(sound.seconds))
