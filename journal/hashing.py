"""With what an entry is hashed: the text says so itself, inside what is hashed, so that a journal may change over.

SHA-256, unless the installation asks for the national algorithms (SM_CIPHERS, GB/T 32905-2016 SM3). Both are 64
hexadecimal digits.
"""

import hashlib
import json

from django.conf import settings

SHA256, SM3 = "sha256", "sm3"
KNOWN = (SHA256, SM3)
#: The form of the hashed text that names its algorithm (journal.record.canonical); the earlier ones are SHA-256.
NAMING_FORM = 3


def of_new_entries() -> str:
    return SM3 if settings.SM_CIPHERS else SHA256


def of_text(body: str) -> str:
    """The algorithm that this text names. Raises ValueError for one that is not known here."""
    # Looked at in full only where the words stand anywhere: each entry comes by here when it gets its number.
    if '"form":3' not in body:
        return SHA256
    told = json.loads(body)
    name = told.get("hash", "") if told.get("form") == NAMING_FORM else SHA256
    if name not in KNOWN:
        raise ValueError(f"an entry names the hash {name!r}")
    return name


def chain(previous: str, number: int, body: str) -> str:
    """The hash of entry `number`: it covers the entry's text and the hash before it, whatever that was made with.

    Raises ValueError where the text names an algorithm that is not known here.
    """
    return hashlib.new(of_text(body), f"{previous}\n{number}\n{body}".encode()).hexdigest()


def follows(previous: str, number: int, body: str, hash: str) -> bool:
    """Whether the entry has the hash that follows from the one before it."""
    try:
        return chain(previous, number, body) == hash
    except ValueError:
        return False
