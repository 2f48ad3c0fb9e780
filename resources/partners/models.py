"""An outside agency and the telephone at which it is reached. Never a person's own number."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.database.paths import PathField
from journal.keys import key
from resources.partners.choices import PartnerKind
from resources.visibility import near


class PartnerQuerySet(models.QuerySet):
    def visible_to(self, reach):
        """Partners of the own units, of those below and of those above."""
        return self.filter(near(reach))

    def listed(self):
        return self.filter(ended_at__isnull=True)


class Partner(models.Model):
    """An agency that units of one area call in. `unit` is the area: it serves that unit and all below it."""

    kind = models.CharField(max_length=20, choices=PartnerKind)
    name = models.CharField(max_length=80)
    #: The telephone of its duty room: an office's, answered day and night.
    phone = models.CharField(max_length=40)
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="partners")
    unit_path = PathField()
    #: What it is called for, and what was agreed.
    note = models.CharField(max_length=200, blank=True, default="")
    #: When somebody last rang the number and the agency answered.
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()
    #: Off the list since then; what was handed over to it stays on record.
    ended_at = models.DateTimeField(null=True, blank=True)
    rev = models.PositiveIntegerField(default=1)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind", "name"],
                condition=Q(ended_at__isnull=True),
                name="one_listed_partner_per_name",
            ),
            models.CheckConstraint(condition=~Q(phone="") & ~Q(name=""), name="a_partner_can_be_phoned"),
            models.CheckConstraint(
                condition=Q(checked_at__isnull=True, checked_by__isnull=True)
                | Q(checked_at__isnull=False, checked_by__isnull=False),
                name="a_checked_partner_says_by_whom",
            ),
        ]
        indexes = [models.Index(fields=["unit_path", "kind"])]

    def __str__(self):
        return self.name

    @property
    def key(self) -> str:
        return key("partner", self.pk)

    @property
    def is_listed(self) -> bool:
        return self.ended_at is None
