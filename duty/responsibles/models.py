"""Who answers for a unit: three responsibles, a reporter and a stand-in, each with an account."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from common.database.paths import PathField
from duty.responsibles.choices import Part


class Responsible(models.Model):
    """One person in one part of one unit, from when until when. The last one of each part counts."""

    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="responsibles")
    unit_path = PathField()
    part = models.CharField(max_length=8, choices=Part)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["unit_path", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "part"],
                condition=Q(ended_at__isnull=True),
                name="one_person_per_part_of_a_unit",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("named_at")),
                name="a_responsible_ends_after_being_named",
            ),
        ]
        indexes = [
            models.Index(fields=["unit_path"], condition=Q(ended_at__isnull=True), name="responsible_by_unit")
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.part}"
