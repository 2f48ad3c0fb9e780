"""The words of readiness."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Whom(models.TextChoices):
    ON_DUTY = "on_duty", pgettext_lazy("readiness", "Whoever is on duty then")
    EVERYBODY = "everybody", pgettext_lazy("readiness", "Everybody the plan may call")


class TestState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("test", "Planned")
    RUNNING = "running", pgettext_lazy("test", "Running")
    ENDED = "ended", pgettext_lazy("test", "Ended")
    CANCELLED = "cancelled", pgettext_lazy("test", "Cancelled")


class Outcome(models.TextChoices):
    ASKED = "asked", pgettext_lazy("test", "Asked")
    ANSWERED = "answered", pgettext_lazy("test", "Answered in time")
    LATE = "late", pgettext_lazy("test", "Answered late")
    SILENT = "silent", pgettext_lazy("test", "No answer")
    FAILED = "failed", pgettext_lazy("test", "Not delivered")
    NOT_ASKED = "not_asked", pgettext_lazy("test", "Not asked")


class Lack(models.TextChoices):
    """Why a person is not reached on a channel."""

    NOBODY = "nobody", pgettext_lazy("readiness", "nobody holds the post")
    CLOSED = "closed", pgettext_lazy("readiness", "the account is closed")
    NO_NUMBER = "no_number", pgettext_lazy("readiness", "no telephone number")
    NOT_VERIFIED = "not_verified", pgettext_lazy("readiness", "the number is not verified")
    NO_GATEWAY = "no_gateway", pgettext_lazy("readiness", "no gateway is set up")
    NO_EMAIL = "no_email", pgettext_lazy("readiness", "no e-mail address")
    NOT_NAMED = (
        "not_named",
        pgettext_lazy("readiness", "no telephone number, so the group does not name them"),
    )
    NO_ANSWER = "no_answer", pgettext_lazy("readiness", "did not answer the last test")
