"""The words of written reports. Which of them a unit writes, of which parts, by when, is its plan's."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.dates.periods import MONTHLY, QUARTERLY, WEEKLY


class WrittenCadence(models.TextChoices):
    """How often a written report comes back. Written as `common.dates.periods` writes it."""

    EVERY_WEEK = WEEKLY, _("Weekly")
    EVERY_MONTH = MONTHLY, _("Monthly")
    EVERY_QUARTER = QUARTERLY, _("Quarterly")


class Part(models.TextChoices):
    """The four parts of a report. Source: county rules §二 4. The data are counted, the others written."""

    DATA = "data", pgettext_lazy("written report", "Data")
    ANALYSIS = "analysis", pgettext_lazy("written report", "Analysis")
    JUDGEMENT = "judgement", pgettext_lazy("written report", "Judgement")
    OUTLOOK = "outlook", pgettext_lazy("written report", "Outlook")


class LineKind(models.TextChoices):
    """What the lines of a report are about. Never a person."""

    NONE = "", _("No lines")
    RISKS = "risks", _("Risk list")
    IMPROVEMENTS = "improvements", _("Improvements")


class SlotState(models.TextChoices):
    """Where the report of a unit for a period stands."""

    NOT_BEGUN = "none", pgettext_lazy("written report", "Not begun")
    DRAFT = "draft", pgettext_lazy("written report", "Draft")
    OVERDUE = "overdue", pgettext_lazy("written report", "Overdue")
    HANDED_IN = "handed_in", pgettext_lazy("written report", "Handed in")
    LATE = "late", pgettext_lazy("written report", "Handed in late")
    RECEIVED = "received", pgettext_lazy("written report", "Receipt confirmed")
