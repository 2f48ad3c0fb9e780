"""The words of supervision teams."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TeamState(models.TextChoices):
    STANDING = "standing", pgettext_lazy("supervision team", "Standing")
    ENDED = "ended", pgettext_lazy("supervision team", "Ended")


class TeamVerb(models.TextChoices):
    SET_UP = "set-up", _("Set up a team")
    CHANGE = "change", _("Change the team")
    END = "end", _("End the team")
