"""The link behind a token, and the links of a unit and period."""

from datetime import datetime

from django.db.models import QuerySet

from accounts.links.secrets import hash_of
from accounts.models import Unit
from common.dates.periods import Period
from zero_reports.links.models import OneTapLink


def by_token(token: str) -> OneTapLink | None:
    links = OneTapLink.objects.filter(token_hash=hash_of(token))
    return links.select_related("unit", "report").first()


def open_links(unit: Unit, period: Period, now: datetime) -> QuerySet[OneTapLink]:
    """Those that could still be used at `now`."""
    rows = OneTapLink.objects.of(period).filter(unit=unit, used_at=None, revoked_at=None, expires_at__gte=now)
    return rows.select_related("issued_by").order_by("pk")
