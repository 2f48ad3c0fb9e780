"""The next step of each limit of an order that has passed and is not answered."""

from django.db import models
from django.db.models import Q

from command.chasing.choices import Told

#: Still to be taken.
DUE = Q(told_at__isnull=True, ended_at__isnull=True)


class Chase(models.Model):
    """One step: who hears at `due_at`, unless the order has gone on by then. Each breach has its rows, one a step."""

    clock = models.ForeignKey("clocks.Clock", on_delete=models.PROTECT, related_name="+")
    #: Its place among the plan's steps, from 1.
    step = models.PositiveSmallIntegerField()
    tell = models.CharField(max_length=20, choices=Told)
    due_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    #: The order went on first.
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clock", "step"], name="each_step_once_per_breach"),
            models.CheckConstraint(
                condition=Q(told_at__isnull=True) | Q(ended_at__isnull=True), name="a_step_is_told_or_ended"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=DUE, name="chase_due")]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.step}"
