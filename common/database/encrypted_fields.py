"""Sealed columns: staff phone numbers and second-factor keys are unreadable in a dump of the database.

AES-256-GCM, or SM4-GCM where the installation asks for the national algorithms (SM_CIPHERS). The key comes from
SECRET_KEY, so a backup needs the secret key beside it. SECRET_KEY_FALLBACKS keep what an
earlier key sealed readable.
"""

import base64
import hashlib
import logging
import os
from collections.abc import Iterable
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models

log = logging.getLogger(__name__)

_NONCE, _TAG = 12, 16
#: What stands before a sealed value says with what it was sealed, so that either kind stays readable after a change.
#: A row written before sealing, or by hand, has neither.
AES, SM4 = "s1:", "s2:"
MARKS = (AES, SM4)


def seal(text: str) -> str:
    """Encrypt `text`; the same text gives another value each time. Empty stays empty."""
    if not text:
        return ""
    mark = _mark_of_new()
    return mark + base64.urlsafe_b64encode(_encrypted(mark, text.encode())).decode()


def unseal(stored: str) -> str:
    """Read what `seal` wrote. Empty, and logged, when no known key opens it: a page must not die of it."""
    if not stored or not stored.startswith(MARKS):
        return stored or ""
    text = _open(stored, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    if text is None:
        log.error("a sealed value cannot be read with this SECRET_KEY; was the key changed or not restored?")
    return text or ""


def is_readable(stored: str, keys: Iterable[str]) -> bool:
    """Whether one of these keys opens what `seal` wrote."""
    return not stored.startswith(MARKS) or _open(stored, keys) is not None


def seal_bytes(content: bytes) -> bytes:
    """The same for a file beside the database."""
    mark = _mark_of_new()
    return mark.encode() + _encrypted(mark, content)


def unseal_bytes(stored: bytes) -> bytes | None:
    """What `seal_bytes` sealed; None, and logged, when no known key opens it."""
    mark, raw = stored[: len(AES)].decode("ascii", "replace"), stored[len(AES) :]
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _CIPHERS[mark](str(key)).decrypt(raw[:_NONCE], raw[_NONCE:], None)
        except (InvalidTag, ValueError, KeyError):  # another key, or a file that was cut
            continue
    log.error("a sealed file cannot be read with this SECRET_KEY; was the key changed or not restored?")
    return None


def _mark_of_new() -> str:
    return SM4 if settings.SM_CIPHERS else AES


def _encrypted(mark: str, content: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + _CIPHERS[mark](str(settings.SECRET_KEY)).encrypt(nonce, content, None)


def _open(stored: str, keys: Iterable[str]) -> str | None:
    for key in keys:
        try:
            raw = base64.urlsafe_b64decode(stored[len(AES) :])
            return _CIPHERS[stored[: len(AES)]](str(key)).decrypt(raw[:_NONCE], raw[_NONCE:], None).decode()
        except (InvalidTag, ValueError):  # another key, or a value that was cut
            continue
    return None


class SM4GCM:
    """As AESGCM, with SM4 (GB/T 32907-2016) of 128 bits."""

    def __init__(self, key: bytes):
        self._key = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        encryptor = Cipher(self._key, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data or b"")
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Raises InvalidTag for another key or a changed text, ValueError for one that was cut."""
        decryptor = Cipher(self._key, modes.GCM(nonce, data[-_TAG:])).decryptor()
        decryptor.authenticate_additional_data(associated_data or b"")
        return decryptor.update(data[:-_TAG]) + decryptor.finalize()


_OF_COLUMNS = b"sealed columns\n"


@lru_cache(maxsize=8)
def _aes(key: str) -> AESGCM:
    return AESGCM(hashlib.sha256(_OF_COLUMNS + key.encode()).digest())


@lru_cache(maxsize=8)
def _sm4(key: str) -> SM4GCM:
    # Half of the digest: SM4 has one length of key.
    return SM4GCM(hashlib.new("sm3", _OF_COLUMNS + key.encode()).digest()[:16])


_CIPHERS = {AES: _aes, SM4: _sm4}


class SealedField(models.CharField):
    """Text that is sealed in the database and plain in Python. It cannot be searched."""

    def get_prep_value(self, value):
        return seal(super().get_prep_value(value) or "")

    def from_db_value(self, value, expression, connection):
        return unseal(value)

    def get_lookup(self, lookup_name):
        raise FieldError(f"{self.name} is sealed and cannot be searched")
