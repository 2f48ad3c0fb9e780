"""One person, or one unit, kept from one thing: from a moment until an act ends it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.exclusions.choices import Ground
from common.database.paths import PathField


class ExclusionQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(ended_at=None)


class Exclusion(models.Model):
    """A row for each person or unit and thing; those about parts of the thing are rows of their own.

    Ended ones stay: who was kept out, when and why is looked up later.
    """

    #: The thing, by its journal key ("demand:5"), and the number people know it by.
    subject = models.CharField(max_length=60)
    number = models.CharField(max_length=60)
    #: Where it is open to whom may see it: the page's address without the host.
    url = models.CharField(max_length=200)
    ground = models.CharField(max_length=10, choices=Ground)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="exclusions"
    )
    #: The unit complained of.
    unit = models.ForeignKey(
        "accounts.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    unit_path = PathField(blank=True, default="")
    #: The unit in charge of the thing when it began: whose leaders order and end it.
    charge_path = PathField()
    reason = models.CharField(max_length=250)
    #: Who takes over what waited for the person, in words.
    passed_to = models.CharField(max_length=160, blank=True, default="")
    since = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    end_reason = models.CharField(max_length=250, blank=True, default="")
    rev = models.PositiveIntegerField(default=1)

    objects = ExclusionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, unit__isnull=True, unit_path="")
                | Q(person__isnull=True, unit__isnull=False, ground=Ground.ACCUSATION) & ~Q(unit_path=""),
                name="an_exclusion_names_a_person_or_a_unit",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="an_exclusion_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, end_reason="")
                | Q(ended_at__gte=F("since"), ended_by__isnull=False) & ~Q(end_reason=""),
                name="what_ended_an_exclusion_is_known",
            ),
            models.UniqueConstraint(
                fields=["subject", "person", "ground"],
                condition=Q(ended_at=None),
                name="one_exclusion_for_a_person",
            ),
            models.UniqueConstraint(
                fields=["subject", "unit"], condition=Q(ended_at=None), name="one_exclusion_for_a_unit"
            ),
        ]
        indexes = [
            models.Index(
                fields=["person"], condition=Q(ended_at=None, person__isnull=False), name="shut_out_person"
            ),
            models.Index(
                fields=["unit_path"], condition=Q(ended_at=None, unit__isnull=False), name="shut_out_unit"
            ),
            models.Index(fields=["subject"], name="shut_out_subject"),
            models.Index(fields=["charge_path", "-since"], name="shut_out_charge"),
        ]

    def __str__(self):
        return f"{self.subject} {self.person_id or self.unit_id}"

    @property
    def is_standing(self) -> bool:
        return self.ended_at is None
