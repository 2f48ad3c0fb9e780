"""One asking for a period, and who was silent in it."""

from django.db import models
from django.db.models import F, Q

from zero_reports.rounds.periodic import ForPeriod


class Round(ForPeriod):
    """One asking: every unit at and below `unit` whose tier the plan asks, for one period.

    It keeps what the plan said when it opened, so that a later plan changes no past day. Until `fixed_at` the
    expected number follows the units that exist; from then on it stands.
    """

    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    #: The plan it follows, "id@version"; empty = the built-in cadence.
    plan = models.CharField(max_length=120, blank=True, default="")
    #: Tier → its cut-off, ISO 8601 in UTC; empty on a day off, when nobody is asked.
    due = models.JSONField()
    #: Tier → when the plan locks the period; empty = it is locked when the level above confirms.
    locks = models.JSONField(default=dict)
    #: The last of these cut-offs.
    due_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    fixed_at = models.DateTimeField(null=True, blank=True)
    #: Units came or went since the counts were made; they are made again before they are believed.
    recount_wanted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "cadence", "day"], name="one_round_per_unit_and_period"),
            models.CheckConstraint(
                condition=Q(fixed_at__isnull=True) | Q(fixed_at__gt=F("due_at")),
                name="counts_are_fixed_after_the_cutoff",
            ),
        ]
        indexes = [
            models.Index(fields=["cadence", "day"]),
            models.Index(fields=["due_at"], condition=Q(fixed_at__isnull=True), name="round_not_fixed"),
        ]

    def __str__(self):
        return f"{self.unit_id} {self.period}"


class Silence(ForPeriod):
    """A unit that was asked and had not answered when the counts were fixed. A fact; a late answer stands beside it."""

    unit = models.ForeignKey(
        "accounts.Unit", on_delete=models.PROTECT, related_name="silences", db_index=False
    )
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="silences", db_index=False)
    due_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "cadence", "day"], name="one_silence_per_unit_and_period")
        ]
        indexes = [models.Index(fields=["cadence", "day", "unit"])]
