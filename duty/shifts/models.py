"""What happens when a shift begins: the list that passes over, and the pack for the day everything is down."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import localtime

from common.database.paths import PathField
from duty.shifts import rules
from duty.shifts.choices import ItemKind, PackState
from journal.keys import key


class HandoverQuerySet(models.QuerySet):
    def visible_to(self, reach):
        """Handovers of units this person may look at, and those they are a side of."""
        mine = (
            Q(outgoing__person=reach.user) | Q(incoming__person=reach.user) | Q(incoming__stand_in=reach.user)
        )
        return self.filter(reach.filter("roster.view") | mine)

    def open(self):
        return self.filter(taken_at__isnull=True)


class Handover(models.Model):
    """From one shift of a post to the next: the list is given and signed by the one, taken and signed by the other."""

    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()
    outgoing = models.ForeignKey("rosters.Shift", on_delete=models.PROTECT, related_name="+")
    incoming = models.OneToOneField("rosters.Shift", on_delete=models.PROTECT, related_name="handover")
    opened_at = models.DateTimeField()
    #: Until when both should have signed; after it both are rung.
    due_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True, default="")

    objects = HandoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(given_at__isnull=True, given_by__isnull=True)
                | Q(given_at__isnull=False, given_by__isnull=False),
                name="giving_has_a_time_and_a_person",
            ),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True, taken_by__isnull=True)
                | Q(taken_at__isnull=False, taken_by__isnull=False, given_at__isnull=False),
                name="taking_follows_giving",
            ),
        ]
        indexes = [models.Index(fields=["unit_path", "-opened_at"])]

    def __str__(self):
        return f"handover {self.pk} of {self.unit_id}"

    @property
    def state(self) -> str:
        return rules.handover_state(is_given=self.given_at is not None, is_taken=self.taken_at is not None)

    @property
    def key(self) -> str:
        return key("handover", self.pk)


class HandoverItem(models.Model):
    """One thing that passes over, as it stood when the outgoing side signed."""

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=10, choices=ItemKind)
    #: The journal's key, or "unit:CODE" for a silent unit.
    subject = models.CharField(max_length=60)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    url = models.CharField(max_length=200, blank=True, default="")
    #: None: nobody has taken it over.
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["handover", "kind", "subject"], name="each_thing_passes_over_once"
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.subject}"


class DowntimePackQuerySet(models.QuerySet):
    def visible_to(self, reach):
        """Packs hold telephone numbers: those who may look people up in the unit."""
        return self.filter(reach.filter("paper.view"))


class DowntimePack(models.Model):
    """A pack for one unit and shift: asked for in the shift's own transaction, written by a task, kept for days."""

    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()
    for_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=PackState, default=PackState.WAITING)
    asked_at = models.DateTimeField()
    written_at = models.DateTimeField(null=True, blank=True)
    #: Name in DATA_DIR/papers; empty until written and again after it was deleted.
    file = models.CharField(max_length=120, blank=True, default="")
    error = models.CharField(max_length=200, blank=True, default="")

    objects = DowntimePackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "for_at"], name="one_pack_per_unit_and_shift"),
            models.CheckConstraint(
                condition=~Q(state=PackState.WRITTEN) | (Q(written_at__isnull=False) & ~Q(file="")),
                name="a_written_pack_has_its_file",
            ),
        ]
        indexes = [
            models.Index(fields=["unit_path", "-for_at"]),
            models.Index(fields=["id"], condition=Q(state=PackState.WAITING), name="pack_waiting"),
        ]

    def __str__(self):
        return f"{self.unit_id} {localtime(self.for_at):%m-%d %H:%M}"
