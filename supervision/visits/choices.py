"""The words of supervision visits."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class VisitState(models.TextChoices):
    RECORDED = "recorded", pgettext_lazy("supervision visit", "Recorded")
    READ = "read", pgettext_lazy("supervision visit", "Read by the unit")
    ANSWERED = "answered", pgettext_lazy("supervision visit", "Answered")


class VisitVerb(models.TextChoices):
    RECORD = "record", _("Record a visit")
    SEND_FORM = "send-form", _("Send the record form F8")
    READ = "read", _("We have read it")
    ANSWER = "answer", _("Answer the visit")


class LookedAt(models.TextChoices):
    """What a visit looks at (campaign rules §八3); special groups and named persons are left out on purpose."""

    DISPUTES = "disputes", _("Settling disputes")
    PETITIONS = "petitions", _("Work on petitions")
    MAJOR_ISSUES = "major_issues", _("Resolving major issues")
    DUTIES = "duties", _("Whether responsibilities are carried out")


class Show(models.TextChoices):
    ALL = "all", _("All")
    UNANSWERED = "unanswered", pgettext_lazy("supervision visits", "Not answered yet")
    NOT_SENT = "not-sent", pgettext_lazy("supervision visits", "Form not sent yet")
