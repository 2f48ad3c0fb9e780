"""The words of duties: what a plan asks for while its response lasts."""

from django.db import models
from django.utils.translation import pgettext_lazy


class DutyKind(models.TextChoices):
    TELL = "tell", pgettext_lazy("duty", "Tell somebody outside")
    ACT = "act", pgettext_lazy("duty", "Do once")
    KEEP = "keep", pgettext_lazy("duty", "Keep up while the response lasts")


class DutyState(models.TextChoices):
    OPEN = "open", pgettext_lazy("duty", "Open")
    DONE = "done", pgettext_lazy("duty", "Done")
    NOT_NEEDED = "not_needed", pgettext_lazy("duty", "Not needed")


class DutyVerb(models.TextChoices):
    DONE = "done", pgettext_lazy("duty", "Done")
    NOT_NEEDED = "not-needed", pgettext_lazy("duty", "Not needed")


class NoClock(models.TextChoices):
    """Why a duty has no time limit."""

    NOT_SAID = "not_said", pgettext_lazy("duty", "The plan gives no time limit.")
    LASTS = "lasts", pgettext_lazy("duty", "It lasts as long as the response.")
    NO_CALENDAR = "no_calendar", pgettext_lazy("duty", "The working-day calendar of that year is not loaded.")
