"""What pictures need beyond the reports themselves."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from reports.pictures.choices import ReplyReason


class FilingTime(models.Model):
    """How long the form of a report was open before it was sent, in seconds; for the burden meter only.

    It says nothing about a person: neither who nor where, and beyond two hours nothing is kept.
    """

    report = models.OneToOneField("reports.ZeroReport", on_delete=models.PROTECT, related_name="filing_time")
    seconds = models.PositiveIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(seconds__lte=7200), name="at_most_two_hours")]


class ZeroReply(models.Model):
    """A unit's answer to the question why a zero and an incident disagree."""

    report = models.ForeignKey("reports.ZeroReport", on_delete=models.PROTECT, related_name="replies")
    incident = models.ForeignKey(
        "incidents.Incident", on_delete=models.PROTECT, related_name="zero_replies", db_index=False
    )
    reason = models.CharField(max_length=12, choices=ReplyReason)
    note = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "report"], name="one_reply_per_zero_and_incident")
        ]
