"""What every row about a period has in common."""

from django.db import models

from common.dates.periods import Period
from zero_reports.filing.choices import CadenceKind


class ForPeriodQuerySet(models.QuerySet):
    def of(self, period: Period):
        return self.filter(cadence=period.cadence, day=period.day)


class ForPeriod(models.Model):
    """A row about one period: its cadence and first day, the form a range of days can be asked in."""

    cadence = models.CharField(max_length=6, choices=CadenceKind)
    day = models.DateField()

    objects = ForPeriodQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def period(self) -> Period:
        return Period(self.cadence, self.day)
