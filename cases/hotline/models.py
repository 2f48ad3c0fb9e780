"""Totals of the 12345 hotline, as the hotline's own table says them. Never a call, never who called."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.database.paths import PathField


class HotlineTotalQuerySet(models.QuerySet):
    def visible_to(self, reach):
        return self.filter(reach.filter("report.view"))


class HotlineTotal(models.Model):
    """How many calls of one class there were about one unit in one month. Imported; the last import stands."""

    unit = models.ForeignKey(
        "accounts.Unit", on_delete=models.PROTECT, related_name="hotline_totals", db_index=False
    )
    unit_path = PathField()
    #: The month's first day.
    month = models.DateField()
    dispute_class = models.CharField(max_length=20)
    count = models.PositiveIntegerField()
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120, blank=True, default="")

    objects = HotlineTotalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "month", "dispute_class"], name="one_hotline_total_per_unit_month_and_class"
            ),
            models.CheckConstraint(condition=~Q(dispute_class=""), name="a_hotline_total_has_a_class"),
        ]
        indexes = [models.Index(fields=["unit_path", "month"], name="hotline_by_unit")]

    def __str__(self):
        return f"{self.unit_id} {self.month:%Y-%m} {self.dispute_class}"
