"""What orders of one call have in common: how many of them are enough."""

from django.db import models
from django.db.models import Q


class Quorum(models.Model):
    """So many of these orders are enough. Once it is met, who was told to stay is called back by a person, not by itself."""

    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="+")
    needed = models.PositiveSmallIntegerField()
    orders = models.ManyToManyField("command.Order", related_name="quorums")
    #: When the last one that was needed acknowledged.
    met_at = models.DateTimeField(null=True, blank=True)
    #: When the rest was called after all, as too few were left.
    reopened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(needed__gte=1), name="somebody_is_enough"),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True) | Q(met_at__isnull=False),
                name="the_rest_is_called_after_it_stood_down",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.needed} of {self.pk}"
