"""The words of plans."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PlanKind(models.TextChoices):
    #: Proposes levels for incidents.
    RESPONSE = "response", _("Response plan")
    #: Says which outside agency attends at which headcount.
    ATTENDANCE = "attendance", _("Attendance plan")
    #: Says who reports how often, in which forms, and how cases run; proposes no level.
    RULES = "rules", _("Working rules")
    #: The statute's own time limits; a bureau's plan may shorten them, never lengthen them.
    OVERLAY = "statutory_overlay", _("Statutory time limits")


class PlanState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("plan", "Draft")
    FILED = "filed", pgettext_lazy("plan", "Filed")
    IN_FORCE = "in_force", pgettext_lazy("plan", "In force")
    SUPERSEDED = "superseded", pgettext_lazy("plan", "Superseded")


class PlanVerb(StrEnum):
    FILE = "file"
    PUT_IN_FORCE = "put-in-force"
    #: Nobody does it: it follows when the next version comes into force.
    SUPERSEDE = "supersede"
