"""The secret on a slip: random, 144 bits, kept only as a hash."""

import hashlib
import secrets


def new_code() -> str:
    return secrets.token_urlsafe(18)


def hash_of(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
