"""What a plan asks of a supervision team in one month, and how it stands."""

from django.db import models
from django.db.models import Q


class TeamMonth(models.Model):
    """One month of one team under one clock of a plan. What the plan asked is copied: a later version changes nothing."""

    team = models.ForeignKey("supervision.Team", on_delete=models.PROTECT, related_name="months")
    #: The version, "id@version", and its clock.
    plan = models.ForeignKey("plans.PlanVersion", on_delete=models.PROTECT, related_name="+")
    clock = models.CharField(max_length=60)
    #: The month's first day.
    day = models.DateField()
    due_at = models.DateTimeField()
    #: At least so many visits, each of at least so many villages.
    least_visits = models.PositiveSmallIntegerField()
    least_villages = models.PositiveSmallIntegerField(default=0)
    met_at = models.DateTimeField(null=True, blank=True)
    #: When the plan's next step about the shortfall is taken; empty: none is left.
    next_step_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["team", "clock", "day"], name="one_month_per_team_and_clock"),
            models.CheckConstraint(
                condition=Q(met_at__isnull=True) | Q(next_step_at__isnull=True),
                name="a_met_month_needs_no_step",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_step_at"], condition=Q(next_step_at__isnull=False), name="team_month_next_step"
            ),
            models.Index(fields=["day"], name="team_month_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.day:%Y-%m}"
