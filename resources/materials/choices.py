"""The words of the stock ledger."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Movement(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("stock", "Received")
    ISSUED = "issued", pgettext_lazy("stock", "Issued")
    RETURNED = "returned", pgettext_lazy("stock", "Returned")
    CONSUMED = "consumed", _("Used up")
    WRITTEN_OFF = "written_off", _("Written off")


class Fault(models.TextChoices):
    """What is wrong with something that should be at hand; the worst first."""

    MISSING = "missing", pgettext_lazy("stock", "Missing")
    EXPIRED = "expired", _("Past its date")
    SHORT = "short", _("Less than the minimum")
    UNCHECKED = "unchecked", _("Not checked yet")


class KitAnswer(models.TextChoices):
    THERE = "there", _("There and in order")
    MISSING = "missing", pgettext_lazy("stock", "Missing")
    EXPIRED = "expired", _("Past its date")
