"""What every door needs: the answers already given to a request that comes twice."""

from django.conf import settings
from django.db import models


class GivenAnswer(models.Model):
    """The answer to a request with an Idempotency-Key, kept 30 days: a phone may come back late."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    #: Of the posts the actor held; empty: the answer names a page and says nothing.
    rights = models.CharField(max_length=64, default="")
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(default="")
    headers = models.JSONField(default=dict)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="one_answer_per_key")]


class Series(models.Model):
    """The last number given in a series (see common.database.numbers)."""

    name = models.CharField(max_length=80, primary_key=True)
    last = models.PositiveIntegerField()


class SetAside(models.Model):
    """A row of some loop that raised, and when it is tried again (see common.alone)."""

    loop = models.CharField(max_length=40)
    row = models.CharField(max_length=80)
    error = models.CharField(max_length=200)
    tries = models.PositiveSmallIntegerField(default=0)
    first_at = models.DateTimeField()
    again_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["loop", "row"], name="set_aside_once")]

    def __str__(self):
        return f"{self.loop} {self.row}: {self.error}"
