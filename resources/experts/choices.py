"""The words of a call to an expert."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CallState(models.TextChoices):
    CALLED = "called", pgettext_lazy("expert", "Called, on the way or to be consulted")
    ARRIVED = "arrived", pgettext_lazy("expert", "On the spot")
    CONSULTED = "consulted", _("Consulted remotely")
    DECLINED = "declined", _("Cannot come")
    NOT_REACHED = "not_reached", _("Not reached")
    STOOD_DOWN = "stood_down", _("No longer needed")


class CallVerb(models.TextChoices):
    CHECK_IN = "check-in", _("Has arrived")
    CONSULT = "consult", _("Was consulted by telephone or video")
    DECLINE = "decline", _("Cannot come")
    MISS = "miss", _("Was not reached")
    STAND_DOWN = "stand-down", _("Is no longer needed")
    ADVISE = "advise", _("Write down the advice")
