"""Named exceptions from the lock."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zero_reports.lock.rules import is_usable
from zero_reports.rounds.periodic import ForPeriod


class LockException(ForPeriod):
    """The level above lets one unit file or correct one period after its lock, for a reason and until an end.

    A later one takes the place of the one before; both stay readable.
    """

    unit = models.ForeignKey(
        "accounts.Unit", on_delete=models.PROTECT, related_name="lock_exceptions", db_index=False
    )
    #: The last one so far.
    current = models.BooleanField(default=True)
    reason = models.CharField(max_length=200)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    post = models.CharField(max_length=120, blank=True, default="")
    until = models.DateTimeField()
    #: For one filing or correction only; else for any number until its end.
    once = models.BooleanField(default=True)
    #: When it was first used.
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "cadence", "day"],
                condition=Q(current=True),
                name="one_exception_per_unit_and_period",
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("granted_at")) & ~Q(reason=""),
                name="an_exception_has_a_reason_and_an_end",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(used_at__gte=F("granted_at"), used_at__lte=F("until")),
                name="an_exception_is_used_while_it_stands",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(
                    withdrawn_at__gte=F("granted_at"),
                    withdrawn_at__lte=F("until"),
                    withdrawn_by__isnull=False,
                ),
                name="an_exception_is_withdrawn_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True)
                | Q(withdrawn_at__isnull=True)
                | Q(used_at__lte=F("withdrawn_at")),
                name="a_withdrawn_exception_is_not_used",
            ),
        ]
        indexes = [models.Index(fields=["unit", "cadence", "day"])]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.period}"

    def is_usable(self, now: datetime) -> bool:
        return self.current and is_usable(
            until=self.until, once=self.once, used_at=self.used_at, withdrawn_at=self.withdrawn_at, now=now
        )
