"""Which warnings were signed for some incidents, for replays of a plan: one query."""

from collections.abc import Iterable

from early_warnings.models import EarlyWarning
from journal.keys import key, pks_of


def signed_levels(keys: Iterable[str]) -> dict[str, list[str]]:
    """Incident keys ("incident:5") → the levels of their signed warnings, in the order of signing."""
    ids = pks_of(keys, "incident")
    rows = EarlyWarning.objects.filter(incident__in=ids, signed_at__isnull=False)
    found: dict[str, list[str]] = {}
    for incident, level in rows.order_by("signed_at", "pk").values_list("incident_id", "level"):
        found.setdefault(key("incident", incident), []).append(level)
    return found
