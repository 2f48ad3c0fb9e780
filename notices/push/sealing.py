"""A text that one browser alone can read: RFC 8291 over RFC 8188, one record. The primitives are `cryptography`'s."""

import os
import struct

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD = 4096
#: Bytes that every text is padded to: its length tells the push service nothing.
PADDED = 1024


class Unusable(Exception):
    """The browser's key is no point of the curve."""


def sealed(
    text: bytes,
    browser: bytes,
    secret: bytes,
    *,
    own: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes = b"",
    padded: int = PADDED,
) -> bytes:
    """Seal `text` for the browser's public key (65 bytes) and its secret (16). Each time with a key and a salt of its own.

    Raises Unusable. `own`, `salt`: those of an example that is computed again.
    """
    own, salt = own or ec.generate_private_key(ec.SECP256R1()), salt or os.urandom(16)
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), browser)
    except ValueError as error:
        raise Unusable from error
    ours = public_bytes(own)
    shared = own.exchange(ec.ECDH(), theirs)
    keying = _derived(secret, shared, b"WebPush: info\0" + browser + ours, 32)
    key = _derived(salt, keying, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(salt, keying, b"Content-Encoding: nonce\0", 12)
    # 2: the last record. What follows it is padding.
    record = (text + b"\x02").ljust(padded, b"\0")
    return salt + struct.pack("!IB", RECORD, len(ours)) + ours + AESGCM(key).encrypt(nonce, record, None)


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)
