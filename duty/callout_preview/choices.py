"""The words of the call-out preview."""

from django.db import models
from django.utils.translation import pgettext_lazy

#: Asked for instead of a level: an alarm that says a life is at risk.
LIFE_RISK = "life_risk"


class Moment(models.TextChoices):
    """From what the seconds of a wave are counted."""

    ALARM = "alarm", pgettext_lazy("asking", "The alarm comes in")
    LIFE_SAFETY = "life_safety", pgettext_lazy("asking", "The alarm says that a life is at risk")
    PROPOSED = "proposed", pgettext_lazy("asking", "The warning is proposed")
    SIGNED = "signed", pgettext_lazy("asking", "The warning is signed")


class What(models.TextChoices):
    """What a wave is."""

    TOLD = "told", pgettext_lazy("asking", "Told at once")
    SIGNS = "signs", pgettext_lazy("asking", "Asked to sign")
    SIGNS_NEXT = "signs_next", pgettext_lazy("asking", "No signature: asked next")
    SECOND_CHANNEL = "second_channel", pgettext_lazy("asking", "Who has not heard: another channel")
    NEXT_PERSON = "next_person", pgettext_lazy("asking", "Still silent: the next person is told")
    BREACH = "breach", pgettext_lazy("asking", "Still silent: the duty leader learns that nobody heard")


class Break(models.TextChoices):
    """Where the chain breaks."""

    OUTSIDE = (
        "outside",
        pgettext_lazy("asking", "another authority: told by an upward report, not by a notice"),
    )
    NO_TIER = "no_tier", pgettext_lazy("asking", "there is no unit of this tier above")
    NO_POST = "no_post", pgettext_lazy("asking", "there is no such post here or above")
    NOBODY = "nobody", pgettext_lazy("asking", "nobody is appointed to the post")
    OFF_DUTY = "off_duty", pgettext_lazy("asking", "nobody is on duty")
    NO_SIGNATORY = "no_signatory", pgettext_lazy("asking", "nobody could sign: the warning stops here")
    NOBODY_LEFT = "nobody_left", pgettext_lazy("asking", "nobody is left to tell")
    ALL_DARK = "all_dark", pgettext_lazy("asking", "nobody told here could be rung")
    NOT_SET_UP = "not_set_up", pgettext_lazy("asking", "this channel is not set up: nothing is sent by it")
