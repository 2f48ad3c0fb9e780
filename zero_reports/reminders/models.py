"""The steps of following up silence, and how far the reminders on screens are taken back."""

from django.db import models
from django.db.models import Q

from common.database.paths import PathField
from zero_reports.reminders.choices import Do


class ReminderStep(models.Model):
    """One step for one round: a row, so that a restart forgets none and takes none twice.

    It is written when the round is open, with what the plan said then. A step that speaks to many units goes
    through them in tree order and keeps how far it got, in the transaction that queued their notices.
    """

    round = models.ForeignKey("zero_reports.Round", on_delete=models.PROTECT, related_name="reminders")
    #: The plan's clock; empty = the built-in cadence.
    clock = models.CharField(max_length=40, blank=True, default="")
    number = models.PositiveSmallIntegerField()
    do = models.CharField(max_length=8, choices=Do)
    #: The tiers whose silence it follows; all of them have the same cut-off.
    tiers = models.JSONField()
    #: For a step that climbs: the kind of post that is told, and the tier of its unit (empty = the nearest).
    post = models.CharField(max_length=20, blank=True, default="")
    post_tier = models.CharField(max_length=10, blank=True, default="")
    due_at = models.DateTimeField()
    at = models.DateTimeField()
    #: The last unit it has dealt with.
    reached = PathField(blank=True, default="")
    #: How many it has told so far.
    told = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "clock", "number"], name="one_reminder_step_per_number"),
            models.CheckConstraint(
                condition=(Q(do=Do.CLIMB) & ~Q(post="")) | (~Q(do=Do.CLIMB) & Q(post="")),
                name="a_step_that_climbs_names_a_post",
            ),
        ]
        indexes = [models.Index(fields=["at"], condition=Q(done_at__isnull=True), name="reminder_open")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.clock} {self.number}: {self.do}"


class TakenBack(models.Model):
    """The journal number up to which reminders of those who answered are taken back: one row."""

    number = models.BigIntegerField(default=0)
