"""Which devices are told without an open page?"""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import PushDevice, User
from accounts.push.rules import KEPT_FOR


def is_on() -> bool:
    """Whether this installation tells browsers through their push services."""
    return bool(settings.WEB_PUSH_KEY)


def devices_of(person: User) -> QuerySet[PushDevice]:
    """Those of one person, renewed last first."""
    return PushDevice.objects.filter(person=person).order_by("-renewed_at", "-pk")


def forgotten(now: datetime) -> QuerySet[PushDevice]:
    """Those that nobody has signed in with for `KEPT_FOR`."""
    return PushDevice.objects.filter(renewed_at__lte=now - KEPT_FOR)
