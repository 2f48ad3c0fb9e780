"""Sealed columns: staff phone numbers and second-factor keys are unreadable in a dump of the database.

The key comes from SECRET_KEY, so a backup needs the secret key beside it. SECRET_KEY_FALLBACKS keep what an
earlier key sealed readable.
"""

import base64
import hashlib
import logging
import os
from collections.abc import Iterable
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models

log = logging.getLogger(__name__)

#: Marks a sealed value, so that a row written before sealing, or by hand, is still readable.
MARK = "s1:"
_NONCE = 12


def seal(text: str) -> str:
    """Encrypt `text`; the same text gives another value each time. Empty stays empty."""
    if not text:
        return ""
    nonce = os.urandom(_NONCE)
    return (
        MARK
        + base64.urlsafe_b64encode(
            nonce + _cipher(settings.SECRET_KEY).encrypt(nonce, text.encode(), None)
        ).decode()
    )


def unseal(stored: str) -> str:
    """Read what `seal` wrote. Empty, and logged, when no known key opens it: a page must not die of it."""
    if not stored or not stored.startswith(MARK):
        return stored or ""
    text = _open(stored, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    if text is None:
        log.error("a sealed value cannot be read with this SECRET_KEY; was the key changed or not restored?")
    return text or ""


def is_readable(stored: str, keys: Iterable[str]) -> bool:
    """Whether one of these keys opens what `seal` wrote."""
    return not stored.startswith(MARK) or _open(stored, keys) is not None


def seal_bytes(content: bytes) -> bytes:
    """The same for a file beside the database."""
    nonce = os.urandom(_NONCE)
    return MARK.encode() + nonce + _cipher(settings.SECRET_KEY).encrypt(nonce, content, None)


def unseal_bytes(stored: bytes) -> bytes | None:
    """What `seal_bytes` sealed; None, and logged, when no known key opens it."""
    raw = stored[len(MARK) :]
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _cipher(key).decrypt(raw[:_NONCE], raw[_NONCE:], None)
        except (InvalidTag, ValueError):  # another key, or a file that was cut
            continue
    log.error("a sealed file cannot be read with this SECRET_KEY; was the key changed or not restored?")
    return None


def _open(stored: str, keys: Iterable[str]) -> str | None:
    for key in keys:
        try:
            raw = base64.urlsafe_b64decode(stored[len(MARK) :])
            return _cipher(key).decrypt(raw[:_NONCE], raw[_NONCE:], None).decode()
        except (InvalidTag, ValueError):  # another key, or a value that was cut
            continue
    return None


@lru_cache(maxsize=8)
def _cipher(key: str) -> AESGCM:
    return AESGCM(hashlib.sha256(b"sealed columns\n" + str(key).encode()).digest())


class SealedField(models.CharField):
    """Text that is sealed in the database and plain in Python. It cannot be searched."""

    def get_prep_value(self, value):
        return seal(super().get_prep_value(value) or "")

    def from_db_value(self, value, expression, connection):
        return unseal(value)

    def get_lookup(self, lookup_name):
        raise FieldError(f"{self.name} is sealed and cannot be searched")
