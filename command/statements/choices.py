"""The words of official statements and of the first three things."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class StatementState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("statement", "Draft")
    APPROVED = "approved", pgettext_lazy("statement", "Approved, not yet released")
    RELEASED = "released", pgettext_lazy("statement", "Released")
    DISCARDED = "discarded", pgettext_lazy("statement", "Discarded")


class StatementVerb(models.TextChoices):
    DRAFT = "draft", _("Draft a statement")
    REVISE = "revise", pgettext_lazy("statement", "Save the new text")
    APPROVE = "approve", pgettext_lazy("statement", "Approve")
    RELEASE = "release", pgettext_lazy("statement", "Record as released")
    DISCARD = "discard", pgettext_lazy("statement", "Discard")


class First(models.TextChoices):
    """The three firsts of an event: control the situation, answer the demands, repair trust."""

    RESPONDER = "responder", _("First responder on the scene")
    ANSWER = "answer", _("First answer to the demand")
    STATEMENT = "statement", _("First official statement")


class FirstState(models.TextChoices):
    MET = "met", pgettext_lazy("first", "Done")
    LATE = "late", pgettext_lazy("first", "Done late")
    RUNNING = "running", pgettext_lazy("first", "Time limit runs")
    OVERDUE = "overdue", pgettext_lazy("first", "Overdue")
    NO_LIMIT = "no_limit", pgettext_lazy("first", "Not yet; no time limit runs")
