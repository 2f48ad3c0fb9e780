"""Codes on slips. Who reads the database cannot use them: only their hash is kept."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class SlipCode(models.Model):
    """Opens the page of one demand, its state and its dates; at most one for each demand."""

    demand = models.ForeignKey("cases.Demand", on_delete=models.PROTECT, related_name="slip_codes")
    token_hash = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["demand"], condition=Q(revoked_at__isnull=True), name="one_open_code_per_demand"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("issued_at")),
                name="a_slip_code_is_revoked_after_it_is_issued",
            ),
        ]

    def __str__(self):
        return f"{self.demand_id}"
