"""The words of changes to units."""

from django.db import models
from django.utils.translation import pgettext_lazy


class ReformState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("units", "planned")
    DONE = "done", pgettext_lazy("units", "carried out")
    CANCELLED = "cancelled", pgettext_lazy("units", "cancelled")
    #: On the day something stood in the way; `note` says what.
    FAILED = "failed", pgettext_lazy("units", "not possible on the day")
