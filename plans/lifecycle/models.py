"""Plans and their versions. A version never changes once it is loaded; incidents keep the one they began under."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import in_reader_language
from plans.lifecycle.choices import PlanKind, PlanState


class Plan(models.Model):
    """A response plan through all its versions."""

    plan_id = models.CharField(max_length=80, unique=True)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True, default="")
    kind = models.CharField(max_length=20, choices=PlanKind, default=PlanKind.RESPONSE)
    #: It holds for this unit and everything below; empty = for the whole bureau.
    owner_unit = models.ForeignKey(
        "accounts.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_reader_language(self.title_zh, self.title_en)


class PlanVersion(models.Model):
    """One version of a plan. The row is small, for it is joined to every incident; the text is beside it."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    #: "id@version": what journal entries, clocks and people call it.
    ref = models.CharField(max_length=120, unique=True)
    #: Of the text as it was loaded.
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=PlanState, default=PlanState.DRAFT)
    loaded_at = models.DateTimeField()
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    in_force_from = models.DateTimeField(null=True, blank=True)
    #: The first moment at which it no longer holds.
    in_force_to = models.DateTimeField(null=True, blank=True)
    #: The days a campaign plan holds for, both included, and where; given when it is put in force.
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True, default="")
    #: Who has looked at it before it was enabled, where the plan asks for that.
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "version"], name="one_plan_version_per_number"),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(state=PlanState.IN_FORCE), name="one_version_in_force_per_plan"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=[PlanState.DRAFT, PlanState.FILED], in_force_from=None, in_force_to=None)
                    | Q(state=PlanState.IN_FORCE, in_force_from__isnull=False, in_force_to=None)
                    | Q(
                        # A comparison with an empty date is neither true nor false, and passes a check.
                        state=PlanState.SUPERSEDED,
                        in_force_from__isnull=False,
                        in_force_to__isnull=False,
                        in_force_to__gte=F("in_force_from"),
                    )
                ),
                name="plan_version_state_has_its_dates",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="plan_version_days_are_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def document(self) -> dict[str, Any]:
        """The plan as plain data, for reading only: it is shared by everything in this process."""
        return _document(self.sha256, self.pk)


class PlanStep(models.Model):
    """A version came into a state: when, by whom, and why. Written once, never changed."""

    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=12, choices=PlanState)
    at = models.DateTimeField()
    #: Empty: the administrator at the server's own console.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "state"], name="one_step_per_plan_state")]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.state}"


class PlanText(models.Model):
    """The text of a version: as it was written, and as it was read. Written once."""

    version = models.OneToOneField(
        PlanVersion, primary_key=True, on_delete=models.PROTECT, related_name="text"
    )
    source = models.TextField()
    document = models.JSONField()

    def __str__(self) -> str:
        return self.version.ref


@lru_cache(maxsize=128)
def _document(sha256: str, version_id: int) -> dict[str, Any]:
    """Keyed by what the text hashes to, so that no other text can ever be taken for it."""
    return PlanText.objects.values_list("document", flat=True).get(version_id=version_id)
