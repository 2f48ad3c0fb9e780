"""At which hour a unit is told of the answers it owes."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class DigestHour(models.Model):
    """One row for each unit that has chosen; none, or no hour: nothing is sent."""

    unit = models.OneToOneField("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    #: In Shanghai.
    hour = models.TimeField(null=True, blank=True)
    #: Also on a day on which nothing is due.
    also_when_empty = models.BooleanField(default=False)
    #: When the next one is due; after a standstill the one missed is sent once, not one for each day.
    next_at = models.DateTimeField(null=True, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(hour__isnull=True, next_at__isnull=True)
                | Q(hour__isnull=False, next_at__isnull=False),
                name="a_digest_with_an_hour_has_its_next_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="digest_next"),
        ]

    def __str__(self):
        return f"{self.unit_id} {self.hour}"
