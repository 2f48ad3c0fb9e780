"""The secret in the address: random, signed, kept only as a hash."""

import base64
import hashlib
import secrets

from django.core.signing import BadSignature, Signer
from django.utils.crypto import salted_hmac

_signer = Signer(sep=".", salt="zero_reports.links")


def new_token() -> str:
    return _signer.sign(secrets.token_urlsafe(9))


def token_of(seed: str) -> str:
    """The same token for the same seed, which nobody without the secret key can find."""
    digest = salted_hmac("zero_reports.links.seed", seed, algorithm="sha256").digest()
    return _signer.sign(base64.urlsafe_b64encode(digest[:9]).decode())


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def is_ours(token: str) -> bool:
    """Whether this product signed it. Needs no database: a forged one is known at the door."""
    try:
        _signer.unsign(token)
    except BadSignature:
        return False
    return True
