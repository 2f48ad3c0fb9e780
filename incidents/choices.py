"""The words of incidents."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    REPORTED = "reported", _("Reported")
    UNDER_WAY = "under_way", _("Under way")
    MERGED = "merged", _("Same as another incident")
    RETRACTED = "retracted", _("Retracted as a false alarm")
    CLOSED = "closed", _("Closed")


class Verb(models.TextChoices):
    TAKE = "take", _("Take over")
    MERGE = "merge", _("Mark as the same event")
    RETRACT = "retract", _("Retract as a false alarm")
    CLOSE = "close", _("Close")
    REOPEN = "reopen", _("Reopen")


class Source(models.TextChoices):
    ALARM = "alarm", _("One-tap alarm")
    DESK = "desk", _("Duty room")
    REPORT = "report", _("Zero-report")
    LINKAGE = "linkage", _("Linkage centre")


class MarkOutcome(models.TextChoices):
    DONE = "done", _("Done")
    NOT_NEEDED = "not_needed", _("Not needed")


class CoordinateSystem(models.TextChoices):
    """In which a position was given. A browser's is WGS84 by its standard; of anybody else's nothing is assumed."""

    WGS84 = "WGS84", "WGS84"
    CGCS2000 = "CGCS2000", "CGCS2000"
    GCJ02 = "GCJ02", "GCJ-02"
    BD09 = "BD09", "BD-09"
    UNKNOWN = "unknown", _("Coordinate system not stated")
