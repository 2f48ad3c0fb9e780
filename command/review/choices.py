"""The words of reviews: what was, what was learned, and who looked again later."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReviewState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("review", "Being written")
    HANDED_IN = "handed_in", pgettext_lazy("review", "Handed in")
    APPROVED = "approved", pgettext_lazy("review", "Approved")


class ReviewVerb(models.TextChoices):
    BEGIN = "begin", pgettext_lazy("review", "Begin the review")
    ANSWER = "answer", pgettext_lazy("review", "Save the answer")
    WRITE = "write", pgettext_lazy("review", "Save the text")
    HAND_IN = "hand-in", pgettext_lazy("review", "Hand in for approval")
    RETURN = "return", pgettext_lazy("review", "Return")
    APPROVE = "approve", pgettext_lazy("review", "Approve")


class Phase(models.TextChoices):
    BEFORE = "before", pgettext_lazy("review", "Before")
    DURING = "during", pgettext_lazy("review", "During")
    AFTER = "after", pgettext_lazy("review", "After")


class FollowUpState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("follow-up", "Planned")
    DONE = "done", pgettext_lazy("follow-up", "Done")
    DROPPED = "dropped", pgettext_lazy("follow-up", "Dropped")


class FollowUpVerb(models.TextChoices):
    PLAN = "plan", pgettext_lazy("follow-up", "Plan a follow-up")
    DONE = "done", pgettext_lazy("follow-up", "Write down what came of it")
    CHANGE_DATE = "change-date", pgettext_lazy("follow-up", "Change the date")
    DROP = "drop", pgettext_lazy("follow-up", "Drop")


class KeyTime(models.TextChoices):
    """The moments an incident is gone through by, in their usual order."""

    REPORTED = "reported", pgettext_lazy("key time", "Reported")
    TAKEN = "taken", _("Confirmed by the duty room")
    TOLD = "told", _("First person told")
    ABOVE = "above", _("Level above told")
    SIGNED = "signed", _("Warning signed")
    ORDERED = "ordered", _("First order")
    RESPONDER = "responder", _("First responder on the scene")
    ARRIVED = "arrived", _("Last order arrived")
    ANSWER = "answer", _("First answer to the demand")
    STATEMENT = "statement", _("First official statement")
    LIFTED = "lifted", _("Warning lifted")
    CLOSED = "closed", pgettext_lazy("key time", "Closed")


class Kept(models.TextChoices):
    """What became of a key time's limit."""

    MET = "met", pgettext_lazy("key time", "In time")
    LATE = "late", pgettext_lazy("key time", "Late")
    MISSED = "missed", pgettext_lazy("key time", "Not done in time")
    NO_LIMIT = "no_limit", pgettext_lazy("key time", "No time limit")
    NOT_DONE = "not_done", pgettext_lazy("key time", "Did not happen")
