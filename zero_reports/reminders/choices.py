"""The words of reminders."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Do(models.TextChoices):
    """What a step does."""

    BEFORE = "before", _("Remind before the cut-off")
    CUTOFF = "cutoff", _("Remind at the cut-off")
    SUMMARY = "summary", _("Tell the level above who is silent")
    CLIMB = "climb", _("Tell the next level who is still silent")


#: Steps that speak to the silent unit itself.
TO_THE_UNIT = (Do.BEFORE, Do.CUTOFF)
