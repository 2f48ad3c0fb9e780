"""What comes of asking a provider: an answer of bounded length, or none."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

#: Bytes. The longest answer any of them gives is a few hundred.
MOST = 64 * 1024


class Unanswered(Exception):
    """No whole answer came; why is the code that the notice keeps. Whether it was taken is not known."""


class Answer(NamedTuple):
    status: int
    body: bytes
    headers: Mapping[str, str]

    def json(self) -> Any:
        """Raises ValueError for what is no JSON."""
        return json.loads(self.body)
