"""The counts above the units, made from the journal."""

from django.db import models

from zero_reports.rounds.periodic import ForPeriod
from zero_reports.rounds.rules import Counts


class Tally(ForPeriod):
    """The counts of everything below a unit (without the unit itself) for a period.

    A projection of the journal up to `Folded.number`; see tallies.py. Only units with units below have one.
    """

    unit = models.ForeignKey(
        "accounts.Unit", on_delete=models.PROTECT, related_name="tallies", db_index=False
    )
    expected = models.IntegerField(default=0)
    received = models.IntegerField(default=0)
    nil = models.IntegerField(default=0)
    with_items = models.IntegerField(default=0)
    late = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "cadence", "day"], name="one_tally_per_unit_and_period")
        ]

    @property
    def counts(self) -> Counts:
        return Counts(self.expected, self.received, self.nil, self.with_items, self.late)


class Folded(models.Model):
    """The journal number up to which the tallies are counted: one row."""

    number = models.BigIntegerField(default=0)
