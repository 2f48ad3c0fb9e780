"""What the tables of several rooms say alike."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q


def staff(**more: Any) -> models.ForeignKey:
    """Who did something. Nobody who is on record can be deleted."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **more)


def together(*fields: str) -> Q:
    """All of these fields are set, or none."""
    return Q(**{f"{name}__isnull": True for name in fields}) | Q(
        **{f"{name}__isnull": False for name in fields}
    )
