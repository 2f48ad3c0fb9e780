"""A unit's answer where a zero and an incident disagree."""

from django.conf import settings
from django.db import models

from zero_reports.questions.choices import ReplyReason


class ZeroReply(models.Model):
    """A unit's answer to the question why a zero and an incident disagree."""

    report = models.ForeignKey("zero_reports.ZeroReport", on_delete=models.PROTECT, related_name="replies")
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
