"""Changes to units that are planned for a day, and which unit took over from which."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.reform.choices import ReformState


class Reform(models.Model):
    """One planned change: these units end on the day, those take over. The engine carries it out on the day."""

    day = models.DateField()
    #: Keys of the units that end.
    olds = models.JSONField()
    #: Those that take over, each {"code", "name", "name_en", "parent"}; empty = the units are closed.
    news = models.JSONField()
    #: Added to the codes of the units below, which go along.
    suffix = models.CharField(max_length=10, blank=True, default="")
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=ReformState, default=ReformState.PLANNED)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    #: Why it was not possible, in the language of the one who planned it.
    note = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_reform_has_a_reason"),
            models.CheckConstraint(
                condition=Q(state=ReformState.PLANNED, settled_at__isnull=True)
                | (~Q(state=ReformState.PLANNED) & Q(settled_at__isnull=False)),
                name="a_settled_reform_says_when",
            ),
        ]
        indexes = [models.Index(fields=["day"], condition=Q(state="planned"), name="reform_planned")]

    def __str__(self):
        return f"{self.day} {self.state}"


class Succession(models.Model):
    """From the day on which `old` no longer exists, `new` does what it did. A merger has several old ones."""

    old = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="taken_over_by")
    new = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="took_over")
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["old", "new"], name="one_succession_per_pair_of_units"),
            models.CheckConstraint(condition=~Q(old=F("new")), name="no_unit_succeeds_itself"),
        ]

    def __str__(self):
        return f"{self.old_id} → {self.new_id}"
