"""Recordings as browsers make them, built by hand: small, whole, and of a length that is known."""

from struct import pack


def _element(name: int, body: bytes, *, is_open: bool = False) -> bytes:
    """An element of WebM; `is_open`: its size is not known, as while it is being recorded."""
    size = b"\x01" + b"\xff" * 7 if is_open else pack(">Q", len(body) | 1 << 56)
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + size + body


def webm(seconds: int = 3, *, track_type: int = 2, codec: bytes = b"A_OPUS", more: bytes = b"") -> bytes:
    head = _element(0x1A45DFA3, _element(0x4282, b"webm"))
    info = _element(0x1549A966, _element(0x2AD7B1, (1_000_000).to_bytes(3, "big")))
    track = _element(0xD7, b"\1") + _element(0x83, bytes([track_type])) + _element(0x86, codec)
    tracks = _element(0x1654AE6B, _element(0xAE, track))
    clusters = b""
    for second in range(seconds + 1):
        block = _element(0xA3, b"\x81" + pack(">h", 0) + b"\x80" + bytes(range(60)))
        clusters += _element(0x1F43B675, _element(0xE7, pack(">I", second * 1000)) + block, is_open=True)
    return head + _element(0x18538067, info + tracks + clusters, is_open=True) + more


def ogg(seconds: int = 3, *, first: bytes = b"OpusHead\1\1\0\0\x80\xbb\0\0\0\0\0") -> bytes:
    pages = [(0, first), (0, b"OpusTags\0\0\0\0\0\0\0\0")]
    pages += [(second * 48_000, bytes(range(200))) for second in range(1, seconds + 1)]
    return b"".join(
        b"OggS\0" + (b"\2" if not place else b"\0") + pack("<q", granule) + b"\7\0\0\0" + pack("<I", place) + b"crc."
        + bytes([1, len(body)]) + body
        for place, (granule, body) in enumerate(pages)
    )  # fmt: skip


def box(name: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return pack(">I", len(body) + 8) + name + body


def mp4(seconds: int = 3, *, handler: bytes = b"soun", codec: bytes = b"mp4a", in_pieces: bool = False, more: bytes = b"") -> bytes:  # fmt: skip
    rate = 48_000
    whole = 0 if in_pieces else seconds * 1000
    mvhd = box(b"mvhd", bytes(12), pack(">II", 1000, whole), bytes(80))
    mdhd = box(b"mdhd", bytes(12), pack(">II", rate, 0), bytes(4))
    hdlr = box(b"hdlr", bytes(8), handler, bytes(12), b"Sound\0")
    stsd = box(b"stsd", bytes(4), pack(">I", 1), pack(">I", 36), codec, bytes(28))
    trak = box(b"trak", box(b"mdia", mdhd, hdlr, box(b"minf", box(b"stbl", stsd))))
    fragment = b""
    if in_pieces:
        run = box(b"trun", bytes(4), pack(">I", seconds * rate // 1024))
        fragment = box(b"moof", box(b"traf", run))
    return box(b"ftyp", b"mp42", bytes(4), b"isom") + box(b"moov", mvhd, trak) + fragment + box(b"mdat", bytes(range(250))) + more  # fmt: skip
