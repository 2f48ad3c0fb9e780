"""Ed25519: keys, their fingerprints, what is signed and how it is checked. In the form of Standard Webhooks' "v1a".

Signed is "id.timestamp.body", of an answer with "receipt." before it, so that neither passes for the other.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable

#: Before a signature: which kind it is.
MARK = "v1a,"
#: Signatures looked at in one header: an installation signs with two keys at the most.
MOST_SIGNATURES = 4


def new_pair() -> tuple[str, str]:
    """(public, secret), each as base64 of its 32 bytes."""
    # Here and below: a web process that exchanges nothing does not load the curves.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    secret = Ed25519PrivateKey.generate()
    return _text(secret.public_key().public_bytes_raw()), _text(secret.private_bytes_raw())


def is_public(text: str) -> bool:
    """Whether it is the base64 of 32 bytes."""
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except (ValueError, binascii.Error):
        return False


def fingerprint(public: str) -> str:
    """128 bits of SHA-256 over the key, as two people compare them on the telephone: "3f9a 12bc … ", eight groups."""
    digest = hashlib.sha256(base64.b64decode(public)).hexdigest()[:32]
    return " ".join(digest[at : at + 4] for at in range(0, 32, 4))


def is_same_fingerprint(typed: str, known: str) -> bool:
    return _plain(typed) == _plain(known)


def sign(secrets: Iterable[str], uid: str, timestamp: int, body: bytes, *, answer: bool = False) -> str:
    """The header: one signature by each key, with a space between."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    said = _said(uid, timestamp, body, answer)
    keys = (Ed25519PrivateKey.from_private_bytes(base64.b64decode(secret)) for secret in secrets)
    return " ".join(MARK + _text(key.sign(said)) for key in keys)


def is_signed(
    publics: Iterable[str], header: str, uid: str, timestamp: str, body: bytes, *, answer: bool = False
) -> bool:
    """Whether one of these keys signed it."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return False
    said = _said(uid, int(timestamp), body, answer)
    given = [one[len(MARK) :] for one in header.split()[:MOST_SIGNATURES] if one.startswith(MARK)]
    for public in publics:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public))
        for text in given:
            try:
                key.verify(base64.b64decode(text, validate=True), said)
            except (InvalidSignature, ValueError, binascii.Error):
                continue
            return True
    return False


def _said(uid: str, timestamp: int, body: bytes, answer: bool) -> bytes:
    return f"{'receipt.' if answer else ''}{uid}.{timestamp}.".encode() + body


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _plain(text: str) -> str:
    return "".join(text.split()).replace("-", "").replace(":", "").lower()
