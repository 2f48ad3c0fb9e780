"""Links of orders."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class OrderLink(models.Model):
    """Answers this order in this person's name. Who reads the database cannot use it: only its hash is kept."""

    order = models.ForeignKey("command.Order", on_delete=models.PROTECT, related_name="links")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("issued_at")), name="an_order_link_expires_after_it_is_issued"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="a_revoked_order_link_names_who",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.person_id}"
