"""What follows from what in the index of evidence: an item is entered once, and every change of its keeper is added.

Nothing is uploaded: pictures, recordings and papers stay with whoever keeps them, and are named here. Nothing entered
is changed or taken out; a mistake is put right by the next line of its chain.
"""

import re

_SHA256 = re.compile(r"[0-9a-f]{64}")


def sha256_of(text: str) -> str | None:
    """The hash as it is kept, 64 small hex digits; None for what is none. Spaces and capitals do not matter."""
    plain = re.sub(r"\s+", "", text).lower().removeprefix("sha256:")
    return plain if _SHA256.fullmatch(plain) else None
