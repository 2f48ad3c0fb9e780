"""The words of comms checks."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Whom(models.TextChoices):
    ON_DUTY = "on_duty", pgettext_lazy("readiness", "Whoever is on duty then")
    EVERYBODY = "everybody", pgettext_lazy("readiness", "Everybody the plan may call")


class CheckState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("test", "Planned")
    RUNNING = "running", pgettext_lazy("test", "Running")
    ENDED = "ended", pgettext_lazy("test", "Ended")
    CANCELLED = "cancelled", pgettext_lazy("test", "Cancelled")


class CheckOutcome(models.TextChoices):
    ASKED = "asked", pgettext_lazy("test", "Asked")
    ANSWERED = "answered", pgettext_lazy("test", "Answered in time")
    LATE = "late", pgettext_lazy("test", "Answered late")
    #: Of the chat, where nobody can answer: the service has taken it for this person.
    TAKEN = "taken", pgettext_lazy("test", "Taken by the service")
    SILENT = "silent", pgettext_lazy("test", "No answer")
    FAILED = "failed", pgettext_lazy("test", "Not delivered")
    NOT_ASKED = "not_asked", pgettext_lazy("test", "Not asked")
