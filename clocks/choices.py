"""The words of clocks."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Per(models.TextChoices):
    """What one clock counts for: the thing the entry is about, or the whole incident it belongs to."""

    SUBJECT = "subject", _("Each subject")
    THREAD = "thread", _("Each incident")


class Origin(models.TextChoices):
    """Whether the plan's text gives the figure, or the product proposed one where the text has none."""

    SOURCE = "source", _("From the plan")
    PROPOSAL = "proposal", _("Proposed figure")


class State(models.TextChoices):
    ON_TRACK = "on_track", _("In time")
    AT_RISK = "at_risk", _("Running short")
    PAUSED = "paused", pgettext_lazy("clock", "Standing still")
    MET = "met", _("Met")
    BREACHED = "breached", _("Time limit passed")
    CANCELLED = "cancelled", _("Cancelled")
