"""PMTiles version 3, images only: a header, directories that may lie in each other, and the tiles.

Written here because it is short and bounds what a file may cost; the published reader unpacks whatever it is given.
"""

import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from struct import unpack_from
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from dashboards.maps.geojson import Unreadable
from dashboards.maps.tiles import MOST_BYTES, VECTOR, Tiles, checked

_HEADER = 127
#: Directories as they lie in the file, and unpacked.
_MOST_PACKED, _MOST_UNPACKED = 2 * 1024 * 1024, 16 * 1024 * 1024
#: A directory, a leaf, and by the specification nothing deeper that a tool writes.
_MOST_LEVELS = 4
_PLAIN, _GZIP = 1, 2
_IMAGES = (2, 3, 4)


class _Head(NamedTuple):
    root: int
    root_length: int
    leaves: int
    tiles: int
    packing: int


class _Entry(NamedTuple):
    tile: int
    offset: int
    length: int
    #: How many tiles from this one on are the same; 0: the entry is a directory.
    run: int


def read_pmtiles(path: Path) -> Tiles:
    """Raises Unreadable."""
    with path.open("rb") as file:
        raw = file.read(_HEADER)
    if len(raw) < _HEADER or raw[:7] != b"PMTiles" or raw[7] != 3:
        raise Unreadable(_("The file is damaged or is no PMTiles of version 3."))
    root, root_length, _metadata, _its_length, leaves, _leaves_length, tiles = unpack_from("<7Q", raw, 8)
    packing, tile_packing, kind, lowest, highest = raw[97:102]
    if kind not in _IMAGES:
        raise Unreadable(VECTOR)
    if packing not in (_PLAIN, _GZIP) or tile_packing > _PLAIN:
        raise Unreadable(_("The file is packed in a way that is not read here: use gzip for its directory."))
    bounds = [one / 1e7 for one in unpack_from("<4i", raw, 102)]
    head = _Head(root, root_length, leaves, tiles, packing)
    changed = path.stat().st_mtime_ns
    try:
        _directory(path, changed, root, root_length, packing)
    except _Damaged as error:
        raise Unreadable(_("The file is damaged or is no PMTiles of version 3.")) from error
    return checked(lowest, highest, bounds, "", lambda *tile: _tile(path, changed, head, *tile))


class _Damaged(Exception):
    """A directory cannot be read."""


def _tile(path: Path, changed: int, head: _Head, zoom: int, x: int, y: int) -> bytes | None:
    wanted, offset, length = tile_number(zoom, x, y), head.root, head.root_length
    try:
        for _level in range(_MOST_LEVELS):
            entry = _last_before(_directory(path, changed, offset, length, head.packing), wanted)
            if entry is None:
                return None
            if entry.run == 0:
                offset, length = head.leaves + entry.offset, entry.length
                continue
            if wanted >= entry.tile + entry.run or entry.length > MOST_BYTES:
                return None
            return _bytes(path, head.tiles + entry.offset, entry.length)
    except (_Damaged, OSError):
        return None
    return None


def tile_number(zoom: int, x: int, y: int) -> int:
    """Along a Hilbert curve, after all tiles that are less deep."""
    number, tx, ty = (4**zoom - 1) // 3, x, y
    for level in range(zoom - 1, -1, -1):
        side = 1 << level
        right, down = int(bool(tx & side)), int(bool(ty & side))
        number += side * side * ((3 * right) ^ down)
        if down == 0:
            if right:
                tx, ty = side - 1 - tx, side - 1 - ty
            tx, ty = ty, tx
    return number


def _last_before(entries: tuple[_Entry, ...], wanted: int) -> _Entry | None:
    low, high = 0, len(entries)
    while low < high:
        middle = (low + high) // 2
        if entries[middle].tile <= wanted:
            low = middle + 1
        else:
            high = middle
    return entries[low - 1] if low else None


@lru_cache(maxsize=64)
def _directory(path: Path, changed: int, offset: int, length: int, packing: int) -> tuple[_Entry, ...]:
    if length > _MOST_PACKED:
        raise _Damaged
    packed = _bytes(path, offset, length)
    if packing == _GZIP:
        unpacker = zlib.decompressobj(31)
        try:
            packed = unpacker.decompress(packed, _MOST_UNPACKED)
        except zlib.error as error:
            raise _Damaged from error
        if unpacker.unconsumed_tail:
            raise _Damaged
    numbers = _numbers(packed)
    try:
        many = next(numbers)
        if many > len(packed):
            raise _Damaged
        steps, runs, lengths, offsets = ([next(numbers) for _ in range(many)] for _column in range(4))
    except (StopIteration, RuntimeError) as error:
        raise _Damaged from error
    entries, tile, place = [], 0, 0
    for step, run, size, said in zip(steps, runs, lengths, offsets, strict=True):
        tile += step
        place = said - 1 if said else place
        entries.append(_Entry(tile, place, size, run))
        place += size
    return tuple(entries)


def _numbers(raw: bytes) -> Iterator[int]:
    """Seven bits a byte, the lowest first."""
    number = shift = 0
    for byte in raw:
        number |= (byte & 127) << shift
        shift += 7
        if shift > 70:
            raise _Damaged
        if byte < 128:
            yield number
            number = shift = 0


def _bytes(path: Path, offset: int, length: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(offset)
            found = file.read(length)
    except (OSError, OverflowError, ValueError) as error:
        raise _Damaged from error
    if len(found) < length:
        raise _Damaged
    return found
