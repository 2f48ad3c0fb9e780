"""Which tokens there are, and whose this person may see."""

from datetime import datetime

from django.db.models import QuerySet

from accounts.models import ApiToken
from accounts.people.queries import people_for
from accounts.scope import Reach


def live_tokens(now: datetime) -> QuerySet[ApiToken]:
    """Those that are good, newest first."""
    rows = ApiToken.objects.filter(revoked_at__isnull=True, expires_at__gt=now)
    return rows.order_by("-created_at", "-pk")


def tokens_in_area(reach: Reach, now: datetime) -> QuerySet[ApiToken]:
    """Live tokens of the people whom this security administrator sees, with their person."""
    people = people_for(reach, now).prefetch_related(None).order_by().values("pk")
    return live_tokens(now).filter(user__in=people).select_related("user")
