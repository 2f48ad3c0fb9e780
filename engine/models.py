"""What the engine writes about itself: when each job of the engine last ran, and what is wrong now."""

from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localtime


class Heartbeat(models.Model):
    """When a job of the engine last ran, whoever ran it."""

    name = models.CharField(max_length=40, primary_key=True)
    turned_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True, default="")

    def __str__(self):
        return f"{self.name} {localtime(self.turned_at):%H:%M:%S}"


class NightlyJob(models.Model):
    """When a nightly job last began and ended, whoever did it, and what it found."""

    name = models.CharField(max_length=40, primary_key=True)
    started_at = models.DateTimeField()
    #: Empty while it is being done, or when its process died over it.
    ended_at = models.DateTimeField(null=True, blank=True)
    #: Of its last end: [[code of engine.choices.FAULTS, details], …]. Empty (null) while it has only been waited for.
    found = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="nightly_job_ends_after_it_began",
            )
        ]

    def __str__(self):
        return self.name


class Alarm(models.Model):
    """Something the auditor found wrong, until it found it right again."""

    #: From engine.choices.FAULTS; a job's name may follow after a colon.
    code = models.CharField(max_length=60)
    detail = models.CharField(max_length=200, blank=True, default="")
    raised_at = models.DateTimeField()
    recovered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(recovered_at__isnull=True), name="one_open_alarm_per_code"
            ),
            models.CheckConstraint(
                condition=Q(recovered_at__isnull=True) | Q(recovered_at__gte=F("raised_at")),
                name="alarm_recovers_after_it_is_raised",
            ),
        ]

    def __str__(self):
        return self.code
