"""The words of a roll-call."""

from django.db import models
from django.utils.translation import pgettext_lazy


class RollCallState(models.TextChoices):
    OPEN = "open", pgettext_lazy("roll-call", "Under way")
    ENDED = "ended", pgettext_lazy("roll-call", "Ended")


class RollCallVerb(models.TextChoices):
    START = "start", pgettext_lazy("roll-call", "Start a roll-call")
    ASK_AGAIN = "ask-again", pgettext_lazy("roll-call", "Ask again now")
    ANSWER = "answer", pgettext_lazy("roll-call", "Answer")
    END = "end", pgettext_lazy("roll-call", "End the roll-call")


class RollCallAnswer(models.TextChoices):
    HERE = "here", pgettext_lazy("roll-call", "I am here")
    LEFT = "left", pgettext_lazy("roll-call", "I have left")
    HELP = "help", pgettext_lazy("roll-call", "I need help")
