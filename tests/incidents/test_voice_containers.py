"""What is a sound recording, by what is in it; files that two programs would understand differently are none."""

from contextlib import suppress

import pytest

from common.errors import Invalid
from incidents.voice_notes.containers import NotSound, sound_in
from incidents.voice_notes.rules import MOST_BYTES, read_recording
from tests.incidents.sounds import box, mp4, ogg, webm

ZIP_END = b"PK\x05\x06" + bytes(18)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (webm(12), "audio/webm"),
        (webm(12, codec=b"A_VORBIS"), "audio/webm"),
        (ogg(12), "audio/ogg"),
        (mp4(12), "audio/mp4"),
        (mp4(12, codec=b"Opus"), "audio/mp4"),
        (mp4(12, in_pieces=True), "audio/mp4"),
    ],
)
def test_what_browsers_record_is_known_by_its_content(content, media_type):
    sound = sound_in(content)

    assert sound.media_type == media_type
    assert round(sound.seconds) == 12


HOSTILE = {
    "nothing": b"",
    "a picture": b"\xff\xd8\xff\xe0" + bytes(400),
    "a page": b"<html><script>alert(1)</script></html>",
    "a film": webm(track_type=1, codec=b"V_VP8"),
    "a film with sound's codec": webm(track_type=1),
    "sound of another kind": webm(codec=b"A_AAC"),
    "an archive behind webm": webm(more=b"PK\x03\x04" + bytes(60) + ZIP_END),
    "a page behind ogg": ogg() + b"<html>",
    "an attachment in webm": webm(more=b"\x19\x41\xa4\x69\x84abcd"),
    "a gap of webm that is none": webm(more=b"\xec\x85%PDF-"),
    "a paper in a gap of mp4": mp4().replace(box(b"mdat", bytes(range(250))), box(b"free", b"%PDF-1.4")),
    "letters in a gap of mp4": mp4(more=box(b"free", b"MZ and more")),
    "an archive in the sound of mp4": mp4(more=box(b"mdat", bytes(2000) + ZIP_END)),
    "a film in mp4": mp4(handler=b"vide", codec=b"avc1"),
    "a film with the sound's codec in mp4": mp4(handler=b"vide"),
    "sound of another kind in mp4": mp4(codec=b"ac-3"),
    "a box nobody knows": mp4(more=box(b"evil", b"x")),
    "a long description": mp4(more=box(b"uuid", bytes(5000))),
    "mp4 that was cut": mp4()[:-10],
    "webm that was cut": webm()[:-10],
    "ogg that was cut": ogg()[:-10],
    "ogg without its middle": ogg(3)[: len(ogg(1))] + ogg(3)[len(ogg(2)) :],
    "ogg with a film": ogg(first=b"\x80theora\3\2\1" + bytes(30)),
    "a beginning and no more": b"\x1a\x45\xdf\xa3",
    "a beginning of mp4 and no more": b"\0\0\0\x14ftypmp42",
    "a box of no size": b"\0\0\0\0ftyp" + bytes(20),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_recording_is_refused(name):
    with pytest.raises(NotSound):
        sound_in(HOSTILE[name])


@pytest.mark.parametrize("content", [webm(2), ogg(2), mp4(2), mp4(2, in_pieces=True)])
def test_no_damage_at_any_place_is_more_than_a_refusal(content):
    for place in range(0, len(content), 3):
        for damaged in (content[:place], content[:place] + b"\xff" + content[place + 1 :]):
            with suppress(NotSound):
                sound_in(damaged)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x1a\x45\xdf\xa3" + bytes(MOST_BYTES), "voice_note_too_large"),
        (webm(36), "voice_note_too_long"),
        (ogg(36), "voice_note_too_long"),
        (mp4(36, in_pieces=True), "voice_note_too_long"),
        (b"GIF89a", "voice_note_no_sound"),
    ],
)
def test_a_refusal_says_why_and_that_the_alarm_stands(content, code):
    with pytest.raises(Invalid) as refused:
        read_recording(content)

    assert refused.value.code == code
    assert "报警" in str(refused.value) or "alarm stands" in str(refused.value)


def test_half_a_minute_is_still_in_time():
    assert read_recording(webm(30)).seconds == 30
