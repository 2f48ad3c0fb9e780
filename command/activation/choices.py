"""The words of responses: their states, the decisions about them, whose turn it is."""

from django.db import models
from django.utils.translation import pgettext_lazy


class ResponseState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("response", "Waiting for the decision to start")
    ACTIVE = "active", pgettext_lazy("response", "Active")
    ENDED = "ended", pgettext_lazy("response", "Ended")
    NOT_STARTED = "not_started", pgettext_lazy("response", "Not started")


class ResponseVerb(models.TextChoices):
    START = "start", pgettext_lazy("response", "Start")
    CHANGE = "change", pgettext_lazy("response", "Change")
    END = "end", pgettext_lazy("response", "End")
    #: The decision to start was refused, or its request withdrawn.
    DROP = "drop", pgettext_lazy("response", "Not start")


class DecisionKind(models.TextChoices):
    START = "start", pgettext_lazy("decision", "Start of the response")
    CHANGE = "change", pgettext_lazy("decision", "Change of the response")
    END = "end", pgettext_lazy("decision", "End of the response")


class DecisionState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("decision", "Waiting for signature")
    TAKEN = "taken", pgettext_lazy("decision", "Signed")
    REFUSED = "refused", pgettext_lazy("decision", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("decision", "Withdrawn")


class DecisionVerb(models.TextChoices):
    TAKE = "take", pgettext_lazy("decision", "Sign")
    REFUSE = "refuse", pgettext_lazy("decision", "Refuse")
    WITHDRAW = "withdraw", pgettext_lazy("decision", "Withdraw")
