"""A correction: a hidden danger that a visit found in the agency's own work, to be put right by a unit by a day."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.scope import Reach
from common.database.paths import PathField
from journal.keys import key
from supervision.corrections.choices import CorrectionState

S = CorrectionState


class CorrectionQuerySet(models.QuerySet):
    def visible_to(self, reach: Reach):
        """Who sees the unit, who sees the bureau whose team found it, and that team's own people."""
        own = Q(pk__in=self.model.objects.filter(visit__team__members__person=reach.user.pk).values("pk"))
        seen = reach.filter("supervision.view") | reach.filter("supervision.view", "visit__team__unit_path")
        return self.filter(seen | own)

    def live(self):
        return self.filter(state__in=[S.OPEN, S.REPORTED])

    def with_names(self):
        rows = self.select_related(
            "unit", "visit__team__unit", "set_by", "reported_by", "verified_by", "asked_by"
        )
        return rows.prefetch_related("visit__team__members__person")


class Correction(models.Model):
    number = models.CharField(max_length=60, unique=True)
    visit = models.ForeignKey("supervision.Visit", on_delete=models.PROTECT, related_name="corrections")
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()
    #: A room, a line, a procedure: never a person.
    danger = models.CharField(max_length=300)
    measures = models.CharField(max_length=300)
    #: The responsible post at the unit.
    responsible = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=CorrectionState, default=S.OPEN)
    rev = models.PositiveIntegerField(default=1)
    due_at = models.DateTimeField()
    #: The day it was first set for; how often more time was given.
    first_due_at = models.DateTimeField()
    extensions = models.PositiveSmallIntegerField(default=0)
    #: More time that the unit asks for, until somebody answers.
    asked_due_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    report = models.CharField(max_length=500, blank=True, default="")
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reported_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    verified_at = models.DateTimeField(null=True, blank=True)
    #: Why more time is asked for, was given or not, or it was sent back; what was seen when it was verified.
    reason = models.CharField(max_length=300, blank=True, default="")

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=S.OPEN, reported_at__isnull=True)
                | Q(state__in=[S.REPORTED, S.VERIFIED], reported_at__isnull=False) & ~Q(report=""),
                name="a_reported_correction_says_what_was_done",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[S.OPEN, S.REPORTED], verified_at__isnull=True)
                | Q(state=S.VERIFIED, verified_at__isnull=False),
                name="a_correction_ends_by_being_verified",
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("reported_by")),
                name="a_correction_is_verified_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(asked_due_at__isnull=True, asked_by__isnull=True)
                | Q(asked_due_at__isnull=False, asked_by__isnull=False, state=S.OPEN),
                name="more_time_is_asked_for_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit_path", "due_at"],
                condition=Q(state__in=["open", "reported"]),
                name="correction_live_by_unit",
            ),
            models.Index(fields=["set_at"], name="correction_by_time"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def key(self) -> str:
        return key("correction", self.pk)
