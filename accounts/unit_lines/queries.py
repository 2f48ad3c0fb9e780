"""Whom a unit works under locally."""

from accounts.models import Unit
from accounts.queries import lineage


def with_local_superior(unit: Unit) -> Unit | None:
    """The unit itself or the nearest above it of which a local superior is known (one query at most)."""
    if unit.local_superior:
        return unit
    return next((one for one in lineage(unit) if one.local_superior), None)
