"""The keys that belong to a backup: without them staff telephone numbers and second factors cannot be read.

A backup's `secret-key` has one key a line, the present one first, as DATA_DIR/secret-key has.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import TextField
from django.db.models.functions import Cast

from accounts.models import User
from common.database.encrypted_fields import is_readable

FILE = "secret-key"


def here() -> list[str]:
    """The keys of this process, the present one first."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def write(file: Path) -> None:
    """Write the keys of this process, for their owner's eyes from the first byte on."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as output:
        output.writelines(f"{key}\n" for key in dict.fromkeys(here()))


def read(folder: Path) -> list[str]:
    """The keys in a backup; none in one from before they were kept."""
    file = folder / FILE
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def missing(given: Sequence[str], keys: Sequence[str]) -> list[str]:
    """Keys of a backup that would be unknown here. A key of our own file gives way to the backup's."""
    return [] if settings.SECRET_KEY_IS_IN_FILE else [key for key in given if key not in keys]


def unreadable(keys: Sequence[str]) -> int:
    """How many sealed values of the database none of these keys opens."""
    return sum(not is_readable(stored, keys) for stored in _sealed_values())


def _sealed_values() -> Iterator[str]:
    phones = User.objects.annotate(stored=Cast("phone", TextField())).values_list("stored", flat=True)
    yield from phones.iterator()
    # A security key keeps its secret itself: here is a public key and a name.
    secrets = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)
    for data in secrets.values_list("data", flat=True).iterator():
        yield from (value for value in data.values() if isinstance(value, str))
