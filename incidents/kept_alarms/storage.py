"""Where alarms wait that the database could not take: one sealed file each, on the disk before anybody is answered.

A file bears the number of its reporter and a code of its `client_id`: the same alarm sent again is the same file. Some
room is held for them, so that they can be written where everything else has filled the disk.
"""

import errno
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.crypto import salted_hmac

from common.database.encrypted_fields import seal_bytes, unseal_bytes
from common.failpoints import crash_point

#: So many wait together, so many of one person, each so large; the next one stays on its device.
MOST, MOST_OF_ONE, MOST_BYTES = 2000, 20, 16_384
SUFFIX = ".alarm"
#: Held for them: a thousand alarms as people write them.
RESERVE, RESERVE_BYTES = "reserve", 4 << 20
_GIVEN_UP_AT_ONCE = 256 << 10


class KeptAlarm(NamedTuple):
    #: The reporter's primary key; who they are was proved when it was received.
    person: int
    received_at: datetime
    #: As the API takes it.
    body: dict[str, Any]
    #: Why numbers of people stay in it; empty: they do not.
    signed_reason: str = ""


class NoRoom(Exception):
    """So many wait already, or this one is too large."""


class Unreadable(Exception):
    """No known key opens it, or it was cut."""


def folder() -> Path:
    return Path(settings.ALARM_SPOOL_DIR or Path(settings.DATA_DIR) / "kept-alarms")


def keep(alarm: KeptAlarm) -> str:
    """Write it sealed, whole and through to the disk, once; returns its name. Raises NoRoom, OSError."""
    content = _as_bytes(alarm)
    name = f"{alarm.person}-{_code(alarm)}{SUFFIX}"
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder() / name).exists():
        _check_room(alarm.person, len(content))
        try:
            _write(name, content)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT) or not _give_up_reserve():
                raise
            _write(name, content)
    # Also for one that was there: its writer may not have come so far.
    _flush_folder()
    crash_point("kept_alarms.before_answer")
    return name


def read(name: str) -> KeptAlarm | None:
    """None where it has been played in meanwhile. Raises Unreadable."""
    try:
        stored = (folder() / name).read_bytes()
    except FileNotFoundError:
        return None
    content = unseal_bytes(stored)
    if content is None:
        raise Unreadable(name)
    given = json.loads(content)
    return KeptAlarm(
        given["person"], datetime.fromisoformat(given["received_at"]), given["body"], given["signed_reason"]
    )


def forget(name: str) -> None:
    """It is in the database."""
    (folder() / name).unlink(missing_ok=True)
    _flush_folder()


def put_away(name: str) -> None:
    """It is recorded no more, and stays for whoever looks into it."""
    (folder() / name).rename(folder() / f"{name}.given-up")
    _flush_folder()


def waiting() -> list[str]:
    """Their names, the first received first."""
    return [name for _at, name in sorted(_files())]


def count_and_age(now: datetime) -> tuple[int, float]:
    """How many wait, and for how many seconds the first has."""
    times = [at for at, _name in _files()]
    return len(times), max(0.0, now.timestamp() - min(times)) if times else 0.0


def hold_room() -> None:
    """Take the reserve, where it is not there and the disk has plenty; never the disk's last."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    reserve = folder() / RESERVE
    there = reserve.stat().st_size if reserve.exists() else 0
    disk = os.statvfs(folder())
    if there >= RESERVE_BYTES or disk.f_bavail * disk.f_frsize < 8 * RESERVE_BYTES:
        return
    with reserve.open("ab") as file, suppress(OSError):
        os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES)


def _files() -> Iterator[tuple[float, str]]:
    with suppress(FileNotFoundError):
        for one in folder().iterdir():
            if one.suffix == SUFFIX:
                with suppress(FileNotFoundError):
                    yield one.stat().st_mtime, one.name


def _check_room(person: int, size: int) -> None:
    names = [name for _at, name in _files()]
    of_one = sum(name.startswith(f"{person}-") for name in names)
    if len(names) >= MOST or of_one >= MOST_OF_ONE or size > MOST_BYTES:
        raise NoRoom


def _code(alarm: KeptAlarm) -> str:
    what = f"{alarm.person}\n{alarm.body['client_id']}"
    return salted_hmac("incidents.kept_alarms", what, algorithm="sha256").hexdigest()[:32]


def _as_bytes(alarm: KeptAlarm) -> bytes:
    given = {**alarm._asdict(), "received_at": alarm.received_at.isoformat()}
    return seal_bytes(json.dumps(given, ensure_ascii=False).encode())


def _write(name: str, content: bytes) -> None:
    partial = folder() / f".{secrets.token_hex(8)}.part"
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(folder() / name)
    finally:
        partial.unlink(missing_ok=True)


def _flush_folder() -> None:
    handle = os.open(folder(), os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _give_up_reserve() -> bool:
    """Make room with a piece of the reserve. False: nothing is left of it."""
    reserve = folder() / RESERVE
    left = reserve.stat().st_size if reserve.exists() else 0
    if left:
        os.truncate(reserve, max(0, left - _GIVEN_UP_AT_ONCE))
    return bool(left)
