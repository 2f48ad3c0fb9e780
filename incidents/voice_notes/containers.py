"""Which sound recording is this, and how long? By what is in it, walked from its first to its last byte.

What a device calls a file is never asked. A recording is taken if the whole of it is one of the three containers that
browsers record, with one track of sound in it and nothing beside: no picture, no attachment, no second file before,
within or behind.
"""

from collections.abc import Iterator
from typing import NamedTuple

WEBM, OGG, MP4 = "audio/webm", "audio/ogg", "audio/mp4"


class Sound(NamedTuple):
    media_type: str
    seconds: float


class NotSound(Exception):
    """It is something else; the text is for whoever reads a log."""


def sound_in(content: bytes) -> Sound:
    """Raises NotSound."""
    for begins, at, walk in _KNOWN:
        if content[at : at + len(begins)] == begins:
            _check_alone(content)
            return walk(content)
    raise NotSound("no known container")


#: What other readers look for in the first kilobyte, or at the end: a file that two programs understand differently.
_OTHERS = (b"%PDF-", b"<html", b"<script", b"<!doctype", b"<svg", b"<?php", b"<?xml", b"PK\x03\x04", b"MZ")
_ZIP_END, _ZIP_TAIL = b"PK\x05\x06", 22


def _check_alone(content: bytes) -> None:
    head = content[:1024].lower()
    # Two letters may stand anywhere by chance; a program begins with them.
    if head.startswith(b"mz") or any(one.lower() in head for one in _OTHERS[:-1]):
        raise NotSound("another file's beginning in its first kilobyte")
    at = content.rfind(_ZIP_END)
    if at >= 0 and at + _ZIP_TAIL + int.from_bytes(content[at + 20 : at + 22], "little") == len(content):
        raise NotSound("an archive at its end")


# --- WebM: elements of an id, a size and what they hold --------------------------------------------------------

_EBML, _SEGMENT, _CLUSTER, _TRACKS, _INFO = 0x1A45DFA3, 0x18538067, 0x1F43B675, 0x1654AE6B, 0x1549A966
_VOID, _CRC = 0xEC, 0xBF
_SIMPLE_BLOCK, _BLOCK_GROUP, _BLOCK, _TIMECODE = 0xA3, 0xA0, 0xA1, 0xE7
_TRACK, _TRACK_TYPE, _CODEC, _DOC_TYPE, _SCALE = 0xAE, 0x83, 0x86, 0x4282, 0x2AD7B1
_SOUND_TRACK = 2
#: id → the most bytes that such an element needs here. What has no place in a recording (attachments) is not named.
_ELEMENTS = {
    _EBML: 256, 0x114D9B74: 2048, _INFO: 2048, _TRACKS: 8192, 0x1C53BB6B: 65536, 0x1254C367: 2048, _VOID: 65536, _CRC: 4,
    _TIMECODE: 8, _SIMPLE_BLOCK: 1 << 20, _BLOCK_GROUP: 1 << 20, 0xAB: 8, 0xA7: 8,
}  # fmt: skip


def _webm(content: bytes) -> Sound:
    scale, base, last, codec, doc_type = 1_000_000, 0, 0, b"", b""
    for name, body in _elements(content, descend=(_SEGMENT, _CLUSTER)):
        if name in (_SEGMENT, _CLUSTER):
            continue
        if len(body) > _ELEMENTS.get(name, -1):
            raise NotSound(f"element {name:x} of {len(body)} bytes")
        if name == _VOID and any(body):
            raise NotSound("something in a gap")
        if name == _EBML:
            doc_type += dict(_elements(body)).get(_DOC_TYPE, b"")
        elif name == _INFO:
            scale = _number(dict(_elements(body)).get(_SCALE, b"")) or scale
        elif name == _TRACKS:
            codec += _codec_of(body)
        elif name == _TIMECODE:
            base = _number(body)
        elif name in (_SIMPLE_BLOCK, _BLOCK_GROUP):
            last = max(last, base + _offset_of(body if name == _SIMPLE_BLOCK else _block_in(body)))
    if doc_type != b"webm" or codec not in (b"A_OPUS", b"A_VORBIS"):
        raise NotSound(f"{doc_type!r} with {codec!r}")
    return Sound(WEBM, last * scale / 1e9)


def _elements(content: bytes, descend: tuple[int, ...] = ()) -> Iterator[tuple[int, bytes]]:
    """Each element to the last byte; of those to `descend` into what they hold comes next, whatever their size says."""
    at = 0
    while at < len(content):
        name, at = _vint(content, at, longest=4, keeps_mark=True)
        size, begins = _vint(content, at, longest=8)
        if name in descend:
            at = begins
            yield name, b""
            continue
        at = begins + size
        if at > len(content):
            raise NotSound("an element reaches beyond the end")
        yield name, content[begins:at]


def _vint(content: bytes, at: int, *, longest: int, keeps_mark: bool = False) -> tuple[int, int]:
    """A number whose first byte says how many it has, and where it ends."""
    first = content[at] if at < len(content) else 0
    length = 9 - first.bit_length()
    if length > longest or at + length > len(content):
        raise NotSound("a number without its end")
    value = int.from_bytes(content[at : at + length], "big")
    return (value if keeps_mark else value & ((1 << 7 * length) - 1)), at + length


def _codec_of(tracks: bytes) -> bytes:
    found = [dict(_elements(body)) for name, body in _elements(tracks) if name == _TRACK]
    if len(found) != 1 or _number(found[0].get(_TRACK_TYPE, b"")) != _SOUND_TRACK:
        raise NotSound("not one track of sound")
    return found[0].get(_CODEC, b"").rstrip(b"\0")


def _block_in(group: bytes) -> bytes:
    return dict(_elements(group)).get(_BLOCK, b"")


def _offset_of(block: bytes) -> int:
    _track, at = _vint(block, 0, longest=8)
    return int.from_bytes(block[at : at + 2], "big", signed=True)


def _number(body: bytes) -> int:
    return int.from_bytes(body[:8], "big")


# --- Ogg: pages, one stream -----------------------------------------------------------------------------------

_PAGE = 27
_OPUS_RATE = 48_000


def _ogg(content: bytes) -> Sound:
    at, number, serial, granule, first = 0, 0, b"", 0, b""
    while at < len(content):
        head = content[at : at + _PAGE]
        if len(head) < _PAGE or head[:5] != b"OggS\0":
            raise NotSound("something between two pages")
        sizes = content[at + _PAGE : at + _PAGE + head[26]]
        begins = at + _PAGE + head[26]
        at = begins + sum(sizes)
        if len(sizes) != head[26] or at > len(content):
            raise NotSound("a page reaches beyond the end")
        serial = serial or head[14:18]
        if head[14:18] != serial or int.from_bytes(head[18:22], "little") != number:
            raise NotSound("a second stream, or a page is missing")
        first = first or content[begins:at]
        position = int.from_bytes(head[6:14], "little", signed=True)
        granule, number = max(granule, position), number + 1
    return Sound(OGG, granule / _rate_of(first))


def _rate_of(packet: bytes) -> int:
    if packet.startswith(b"OpusHead"):
        return _OPUS_RATE
    if packet.startswith(b"\x01vorbis") and (rate := int.from_bytes(packet[12:16], "little")):
        return rate
    raise NotSound("neither Opus nor Vorbis")


# --- MP4: boxes ------------------------------------------------------------------------------------------------

_TOP = {b"ftyp", b"moov", b"mdat", b"moof", b"free", b"skip", b"wide", b"styp", b"sidx", b"mfra", b"uuid"}
_HOLDING = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mvex", b"moof", b"traf"}
_SOUND_CODECS = {b"mp4a", b"Opus"}
#: What a box may hold that only describes: a name, a date; not a file.
_DESCRIBING, _MOST_DESCRIBING = {b"ftyp", b"styp", b"udta", b"meta", b"uuid", b"hdlr"}, 1024
#: So many samples has a packet of AAC where a fragment does not say.
_AAC_SAMPLES = 1024


def _mp4(content: bytes) -> Sound:
    boxes = list(_boxes(content))
    if boxes[0][0] != (b"ftyp",) or any(path[0] not in _TOP for path, _body in boxes):
        raise NotSound("a box that no recording has")
    for path, body in boxes:
        if path[-1] in _DESCRIBING and len(body) > _MOST_DESCRIBING:
            raise NotSound(f"{path[-1]!r} of {len(body)} bytes")
        if path[-1] in (b"free", b"skip", b"wide") and any(body):
            raise NotSound("something in a gap")
    handlers = [body[8:12] for path, body in boxes if path[-2:] == (b"mdia", b"hdlr")]
    codecs = [body[12:16] for path, body in boxes if path[-1] == b"stsd"]
    if handlers != [b"soun"] or len(codecs) != 1 or codecs[0] not in _SOUND_CODECS:
        raise NotSound(f"{handlers!r} with {codecs!r}")
    return Sound(MP4, max(_whole(boxes), _in_fragments(boxes)))


Box = tuple[tuple[bytes, ...], bytes]


def _boxes(content: bytes, above: tuple[bytes, ...] = ()) -> Iterator[Box]:
    """Each box with the names of those it stands in, to the last byte."""
    at = 0
    while at < len(content):
        size, name, head = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(content[at + 8 : at + 16], "big"), 16
        if size < head or at + size > len(content):
            raise NotSound("a box reaches beyond the end")
        path, body = (*above, name), content[at + head : at + size]
        yield path, body
        if name in _HOLDING and len(path) < 8:
            yield from _boxes(body, path)
        at += size


def _whole(boxes: list[Box]) -> float:
    """What the movie's head says; 0 of one that was written while it was recorded."""
    body = next((body for path, body in boxes if path == (b"moov", b"mvhd")), b"")
    scale, duration = _scaled(body)
    return duration / scale if scale and duration < 1 << 40 else 0.0


def _in_fragments(boxes: list[Box]) -> float:
    body = next((body for path, body in boxes if path[-1] == b"mdhd"), b"")
    scale, _duration = _scaled(body)
    samples = sum(_samples_of(body) for path, body in boxes if path[-1] == b"trun")
    return samples * _AAC_SAMPLES / scale if scale else 0.0


def _samples_of(run: bytes) -> int:
    return int.from_bytes(run[4:8], "big")


def _scaled(head: bytes) -> tuple[int, int]:
    """Time scale and duration, of either version of the box."""
    at, wide = (20, 8) if head[:1] == b"\1" else (12, 4)
    scale = int.from_bytes(head[at : at + 4], "big")
    duration = int.from_bytes(head[at + 4 : at + 4 + wide], "big")
    return scale, 0 if duration in (0xFFFFFFFF, (1 << 64) - 1) else duration


_KNOWN = ((b"\x1a\x45\xdf\xa3", 0, _webm), (b"OggS", 0, _ogg), (b"ftyp", 4, _mp4))
