"""Free text: made safe for a record that must not name people.

The product never asks for a petitioner's name, identity number or telephone. Somebody will type one all
the same; this finds the patterns that are certain enough to speak up about.
Source: PIPL art. 6; Emergency Response Law (2024) arts. 83-85.
"""

import re
from typing import NamedTuple

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_IDENTITY = re.compile(
    r"(?<!\d)(\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx])(?!\d)"
)
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d{9})(?!\d)")
_BANK_CARD = re.compile(r"(?<!\d)(\d{16}|\d{19})(?!\d)")


class Finding(NamedTuple):
    kind: str  # identity | mobile | bank_card
    text: str


def personal_data_in(text: str) -> list[Finding]:
    """Identity numbers (check digit verified), mobile numbers and bank cards (Luhn) in a free text."""
    squeezed = re.sub(r"(?<=\d)[ \-](?=\d)", "", text)
    found = [Finding("identity", hit) for hit in _IDENTITY.findall(squeezed) if _is_identity(hit)]
    found += [Finding("mobile", hit) for hit in _MOBILE.findall(squeezed)]
    found += [Finding("bank_card", hit) for hit in _BANK_CARD.findall(squeezed) if _is_luhn(hit)]
    return found


def _is_identity(digits: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(digits[:17], _WEIGHTS, strict=True))
    return _CHECK[total % 11] == digits[17].upper()


def _is_luhn(digits: str) -> bool:
    doubled = [int(d) * (2 if place % 2 else 1) for place, d in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
