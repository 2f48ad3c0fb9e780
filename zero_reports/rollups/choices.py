"""The words of roll-ups."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RollUpState(models.TextChoices):
    CONFIRMED = "confirmed", pgettext_lazy("roll-up", "Confirmed")
    RETURNED = "returned", pgettext_lazy("roll-up", "Returned")


class Basis(models.TextChoices):
    """Where the figures of a line of a roll-up come from."""

    OWN = "own", _("own report")
    COUNTED = "counted", _("counted, not confirmed")
    BY_CHILD = "confirmed", _("confirmed by the unit")
