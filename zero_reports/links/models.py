"""One-tap links."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zero_reports.links import rules
from zero_reports.rounds.periodic import ForPeriod


class OneTapLink(ForPeriod):
    """Files nil for this unit and period, once. Who reads the database cannot use it: only its hash is kept."""

    unit = models.ForeignKey(
        "accounts.Unit", on_delete=models.PROTECT, related_name="one_tap_links", db_index=False
    )
    token_hash = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    #: None = sent with a reminder.
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    post = models.CharField(max_length=120, blank=True, default="")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    report = models.OneToOneField(
        "zero_reports.ZeroReport", null=True, blank=True, on_delete=models.PROTECT, related_name="link"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("issued_at")), name="a_link_expires_after_it_is_issued"
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, report__isnull=True)
                | Q(used_at__lte=F("expires_at"), report__isnull=False, revoked_at__isnull=True),
                name="a_used_link_has_its_report",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="a_revoked_link_names_who",
            ),
        ]
        indexes = [models.Index(fields=["unit", "cadence", "day"])]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.period}"

    def why_not(self, now: datetime) -> str:
        return rules.why_not(
            used_at=self.used_at, revoked_at=self.revoked_at, expires_at=self.expires_at, now=now
        )
