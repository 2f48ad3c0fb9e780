"""Positions that were put right: what stood there before, by whom it was changed and why."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from incidents.choices import CoordinateSystem


class FormerPosition(models.Model):
    """A position as it stood until it was corrected. It goes with the incident's position when that is destroyed, so
    it is kept here and not in the journal, which keeps everything."""

    incident = models.ForeignKey(
        "incidents.Incident", on_delete=models.PROTECT, related_name="former_positions"
    )
    #: All empty: none was known, or it was destroyed.
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    accuracy_m = models.PositiveIntegerField(null=True, blank=True)
    crs = models.CharField(max_length=10, choices=CoordinateSystem, blank=True, default="")
    corrected_at = models.DateTimeField()
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True, crs="")
                | (Q(latitude__isnull=False, longitude__isnull=False) & ~Q(crs="")),
                name="a_former_position_is_whole_or_empty",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_correction_of_a_position_says_why"),
        ]
        indexes = [models.Index(fields=["incident", "-id"])]

    def __str__(self):
        return f"{self.incident_id}: {self.reason}"
