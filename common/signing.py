"""The installation's own signature (Ed25519) on what leaves this machine: backups, and the journal's anchors.

The private key is SIGNING_KEY, else a file of DATA_DIR. Keys and signatures are written in hexadecimal digits.
"""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

#: What a signature is about stands in front of what is signed, so that none serves for something else.
SEPARATOR = b"\n"


def signer() -> str:
    """The public key of this installation."""
    return _own(settings.SIGNING_KEY).public_key().public_bytes_raw().hex()


def sign(purpose: str, content: bytes) -> str:
    """Its signature; `purpose` is one word, such as "backup"."""
    return _own(settings.SIGNING_KEY).sign(purpose.encode() + SEPARATOR + content).hex()


def is_signed(purpose: str, content: bytes, signature: str, by: str) -> bool:
    """Whether `signature` is that of `by`, a public key. False as well where either is no such thing at all."""
    try:
        _public(by).verify(bytes.fromhex(signature), purpose.encode() + SEPARATOR + content)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_signer(text: str) -> bool:
    """Whether this is written like a public key."""
    try:
        _public(text)
    except ValueError:
        return False
    return True


def pem() -> str:
    """The public key as openssl reads it."""
    public = _own(settings.SIGNING_KEY).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@lru_cache(maxsize=2)
def _own(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))


def _public(text: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text))
