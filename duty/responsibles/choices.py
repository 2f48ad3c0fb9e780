"""The words of who answers for a unit, and of what it lacks."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Part(models.TextChoices):
    """Three responsibles as the campaign rules name them (plan 004 §四3), and who reports."""

    FIRST = "first", _("First responsible (principal)")
    MAIN = "main", _("Mainly responsible (deputy in charge)")
    DIRECT = "direct", _("Directly responsible (handler)")
    REPORTER = "reporter", _("Reporter")
    STAND_IN = "stand_in", _("Stand-in of the reporter")


class Lack(models.TextChoices):
    """What a cell of the grid says."""

    NONE = "", pgettext_lazy("unit readiness", "In order")
    NOBODY = "nobody", pgettext_lazy("unit readiness", "Nobody named")
    LEFT = "left", pgettext_lazy("unit readiness", "Has left")
    MISSING = "missing", pgettext_lazy("unit readiness", "Missing")
    NOT_NEEDED = "not_needed", pgettext_lazy("unit readiness", "Not needed")


class Show(models.TextChoices):
    ALL = "all", _("All")
    GAPS = "gaps", pgettext_lazy("unit readiness", "With gaps")
    READY = "ready", pgettext_lazy("unit readiness", "Without gaps")
