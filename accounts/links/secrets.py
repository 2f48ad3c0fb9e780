"""The secret in a link's address: signed, and kept only as a hash."""

import base64
import hashlib
import secrets

from django.core.signing import BadSignature, Signer
from django.utils.crypto import salted_hmac


class Secrets:
    """The secrets of one kind of link. `salt` keeps the kinds apart; `size` is in bytes."""

    def __init__(self, salt: str, *, size: int):
        self._signer = Signer(sep=".", salt=salt)
        self._seeded_by = f"{salt}.seed"
        self._size = size

    def new(self) -> str:
        return self._signer.sign(secrets.token_urlsafe(self._size))

    def of_seed(self, seed: str) -> str:
        """The same secret for the same seed, which nobody without the secret key can find: a message that is repeated
        says the same words."""
        digest = salted_hmac(self._seeded_by, seed, algorithm="sha256").digest()
        return self._signer.sign(base64.urlsafe_b64encode(digest[: self._size]).decode())

    def is_ours(self, token: str) -> bool:
        """Whether this product signed it. Needs no database: a forged one is known at the door."""
        try:
            self._signer.unsign(token)
        except BadSignature:
            return False
        return True


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
