"""A recording as the body of a request of the API: so much of it is read as may be taken, and no more."""

from rest_framework.parsers import BaseParser

from incidents.voice_notes.rules import MOST_BYTES


class SoundParser(BaseParser):
    media_type = "audio/*"

    def parse(self, stream, media_type=None, parser_context=None):
        return stream.read(MOST_BYTES + 1)
