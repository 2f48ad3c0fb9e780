"""What the pushes of all providers have in common: lists of objects, and times in Beijing without a zone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from common.dates.local_time import LOCAL

#: In one push. They bundle some hundreds at most.
MOST = 1000
_SHAPES = ("%Y-%m-%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y-%m-%dT%H:%M:%S")


def objects(body: Any) -> list[Mapping[str, Any]]:
    """One object, or a list of some. Raises ValueError for anything else."""
    found = body if isinstance(body, list) else [body]
    if len(found) > MOST or not all(isinstance(one, dict) for one in found):
        raise ValueError("neither an object nor a list of objects")
    return found


def local_moment(said: Any) -> datetime | None:
    """A time as a provider writes it; None where it says none, or one that nobody can read."""
    for shape in _SHAPES:
        try:
            return datetime.strptime(str(said or ""), shape).replace(tzinfo=LOCAL)
        except ValueError:
            continue
    return None


def moment_of_seconds(said: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(said), UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return None
