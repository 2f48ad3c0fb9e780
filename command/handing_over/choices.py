"""The words of handing over to another agency."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class HandingState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("handing over", "No answer yet")
    TAKEN = "taken", pgettext_lazy("handing over", "They have taken it over")
    NOT_TAKEN = "not_taken", pgettext_lazy("handing over", "They have not taken it over")


class HandingVerb(models.TextChoices):
    HAND_OVER = "hand-over", _("Hand over to another agency")
    TAKEN = "taken", _("They take it over")
    NOT_TAKEN = "not-taken", _("They do not take it over")
