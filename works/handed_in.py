"""Lines that were handed in and are carried out later: sealed on the row of the work until it is over, and nowhere else."""

import json
from typing import Any

from common.database.encrypted_fields import seal, unseal


def sealed(lines: Any) -> str:
    """Plain values as they stand on the row; nothing stays nothing."""
    return seal(json.dumps(lines, ensure_ascii=False, separators=(",", ":"))) if lines else ""


def opened(stored: str) -> Any:
    """What `sealed` wrote, tuples as lists. Raises ValueError where no known key opens it."""
    return json.loads(unseal(stored)) if stored else []
