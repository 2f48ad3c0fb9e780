"""The words of corrections: a hidden danger in the agency's own work is somebody's to put right by a day."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CorrectionState(models.TextChoices):
    OPEN = "open", pgettext_lazy("correction", "To be put right")
    REPORTED = "reported", pgettext_lazy("correction", "Reported as done")
    VERIFIED = "verified", pgettext_lazy("correction", "Verified")


class CorrectionVerb(models.TextChoices):
    SET = "set", _("Set a correction")
    REPORT = "report", _("Report the correction as done")
    VERIFY = "verify", _("Verify on the spot")
    SEND_BACK = "send-back", _("Not done yet: send it back")
    ASK_EXTENSION = "ask-extension", _("Ask for more time")
    EXTEND = "extend", _("Give more time")
    REFUSE_EXTENSION = "refuse-extension", _("Give no more time")


class Show(models.TextChoices):
    LIVE = "live", pgettext_lazy("corrections", "Not finished")
    OVERDUE = "overdue", pgettext_lazy("corrections", "Overdue")
    MINE = "mine", pgettext_lazy("corrections", "Mine to do")
    ENDED = "ended", pgettext_lazy("corrections", "Verified")
    ALL = "all", _("All")
