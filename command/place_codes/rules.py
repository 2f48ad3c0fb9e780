"""How a code is made and read. Plain values in and out."""

import re
import unicodedata
import uuid
from datetime import timedelta

from django.utils.crypto import salted_hmac

#: Long enough for who is on the way, short enough that yesterday's photograph of it is worth nothing.
LASTS = timedelta(hours=2)
DIGITS = 6
#: Wrong codes on one order within five minutes; then whoever types it waits.
WRONG_TRIES = 5
#: The purpose of what the duty room is told once somebody has to wait.
WRONG = "place_code.wrong"


def code_of(seed: uuid.UUID) -> str:
    """The same six digits for the same seed, which nobody without the secret key can find."""
    digest = salted_hmac("command.place_codes", seed.hex, algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}}"


def typed_code(text: str) -> str:
    """The digits as somebody typed them: full width, with spaces or hyphens; "" where these are not six."""
    digits = re.sub(r"[\s\-–—·.]", "", unicodedata.normalize("NFKC", text))
    return digits if re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits) else ""


def shown(code: str) -> str:
    """As it is read out: "482 913"."""
    return f"{code[:3]} {code[3:]}"
