"""The words of improvements: what was learned is somebody's to do by a day."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ImprovementState(models.TextChoices):
    OPEN = "open", pgettext_lazy("improvement", "Open")
    REPORTED = "reported", pgettext_lazy("improvement", "Reported as done")
    CONFIRMED = "confirmed", pgettext_lazy("improvement", "Done")
    DROPPED = "dropped", pgettext_lazy("improvement", "Dropped")


class ImprovementVerb(models.TextChoices):
    ADD = "add", pgettext_lazy("improvement", "Set an improvement task")
    REPORT = "report", pgettext_lazy("improvement", "Report as done")
    CONFIRM = "confirm", pgettext_lazy("improvement", "Confirm that it is done")
    SEND_BACK = "send-back", pgettext_lazy("improvement", "Send back")
    CHANGE_DATE = "change-date", pgettext_lazy("improvement", "Change the date")
    HAND_ON = "hand-on", pgettext_lazy("improvement", "Give to somebody else")
    DROP = "drop", pgettext_lazy("improvement", "Drop")


class Show(models.TextChoices):
    """What a list of improvements shows."""

    LIVE = "live", pgettext_lazy("improvements", "Not finished")
    OVERDUE = "overdue", pgettext_lazy("improvements", "Overdue")
    MINE = "mine", pgettext_lazy("improvements", "Mine to do")
    ENDED = "ended", pgettext_lazy("improvements", "Finished")
    ALL = "all", _("All")
