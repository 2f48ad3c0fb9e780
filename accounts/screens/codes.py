"""The code that connects a screen: read aloud or typed with a remote control, good once and for a quarter of an hour."""

import hashlib
import secrets
from datetime import timedelta

LASTS = timedelta(minutes=15)
#: Nothing that is taken for something else: 31 signs, so 8 of them are 8.5 × 10¹¹ codes.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LONG = 8


def new_code() -> str:
    return "".join(secrets.choice(_SIGNS) for _sign in range(_LONG))


def hash_of(code: str) -> str:
    """Of what was typed: spaces, hyphens and small letters make no difference."""
    return hashlib.sha256("".join(code.upper().split()).replace("-", "").encode()).hexdigest()


def in_groups(code: str) -> str:
    """As it is shown: four and four."""
    return f"{code[:4]} {code[4:]}"
