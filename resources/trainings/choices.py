"""The words of training. Source: district plan §6.1: two parts, three audiences."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TrainingPart(models.TextChoices):
    THEORY = "theory", _("Theory")
    OPERATION = "operation", _("Operation")


class Audience(models.TextChoices):
    COMMANDERS = "commanders", _("Commanders")
    MANAGERS = "managers", _("Managers")
    OPERATORS = "operators", _("Operators")
