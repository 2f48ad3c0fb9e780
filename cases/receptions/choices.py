"""The words of receptions: when people are received, how many, and what came of it. Never who they are."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReceptionState(models.TextChoices):
    BOOKED = "booked", pgettext_lazy("reception", "Booked")
    UNDER_WAY = "under_way", pgettext_lazy("reception", "Under way")
    ENDED = "ended", pgettext_lazy("reception", "Ended")
    CANCELLED = "cancelled", pgettext_lazy("reception", "Cancelled")


class ReceptionOutcome(models.TextChoices):
    """Source: zero-report and case rules §七4, for the first three."""

    ANSWERED = "answered", _("Answered on the spot")
    PASSED_ON = "passed_on", _("Passed on and tracked")
    MAJOR = "major", _("Reported as major")
    NOBODY_CAME = "nobody_came", _("Nobody came")


class ReceptionVerb(models.TextChoices):
    BOOK = "book", pgettext_lazy("reception", "Book")
    BEGIN = "begin", _("They have come")
    MOVE = "move", _("Move to another hour")
    CANCEL = "cancel", _("Cancel the reception")
    CHECK_IN = "check_in", _("Site group in place")
    CHECK = "check", _("Item of a checklist")
    ADD_POINTS = "add_points", _("Points taken down")
    CONFIRM = "confirm", _("Point read back and confirmed")
    STRIKE = "strike", _("Point struck out")
    NOTICE = "notice", _("Written notice handed over")
    END = "end", _("End the reception")
    NOBODY_CAME = "nobody_came", _("Nobody came")
