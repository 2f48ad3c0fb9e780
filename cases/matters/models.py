"""A matter a unit reported, and what was done about it. Never a person."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cases.matters.choices import MatterState, MatterVerb
from common.database.paths import PathField
from journal.keys import key
from plans.document.words import Words, named
from zero_reports.filing.classes import class_label
from zero_reports.rounds.periodic import ForPeriod, ForPeriodQuerySet


class MatterQuerySet(ForPeriodQuerySet):
    def visible_to(self, reach):
        """Matters of the own units and below, and those a unit of one's own leads or helps with."""
        mine = reach.filter("report.view")
        led = reach.filter("report.view", field="lead_unit__path")
        helped = Matter.helper_units.through.objects.filter(
            reach.filter("report.view", field="unit__path"), matter=OuterRef("pk")
        )
        return self.filter(mine | led | Q(Exists(helped)), reach.open_rows(matter="pk"))

    def open(self):
        return self.exclude(state=MatterState.FILED)


class Matter(ForPeriod):
    """One reported item, registered by a level above the unit that reported it.

    Class, count and sentence are copied: a correction of the report does not change what was registered.
    """

    number = models.CharField(max_length=60, unique=True)
    #: The item as it was reported; a correction makes new items, this one stays.
    item = models.OneToOneField("zero_reports.ReportItem", on_delete=models.PROTECT, related_name="matter")
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="matters")
    unit_path = PathField()
    dispute_class = models.CharField(max_length=20, blank=True, default="")
    count = models.PositiveIntegerField()
    note = models.CharField(max_length=200, blank=True, default="")

    state = models.CharField(max_length=12, choices=MatterState, default=MatterState.REGISTERED)
    lead_unit = models.ForeignKey(
        "accounts.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: Helping units (协办).
    helper_units = models.ManyToManyField("accounts.Unit", blank=True, related_name="+")
    #: What was typed when they were a text; gone when it is assigned anew.
    helpers = models.CharField(max_length=200, blank=True, default="")
    due_date = models.DateField(null=True, blank=True)
    incident = models.ForeignKey(
        "incidents.Incident", null=True, blank=True, on_delete=models.PROTECT, related_name="matters"
    )
    registered_at = models.DateTimeField()
    #: It accuses a unit or somebody of it: closed to them (accounts.exclusions).
    accusation = models.BooleanField(default=False, db_default=False)
    accepted_at = models.DateTimeField(null=True, blank=True)
    #: Kinds of major situation it was taken as, in the plan's words: [{id, zh, en, cite}].
    major_kinds = models.JSONField(default=list, blank=True)
    mediation_ended_at = models.DateTimeField(null=True, blank=True)
    filed_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=500, blank=True, default="")
    #: Where the paper file is kept; the file itself stays outside (九 4).
    file_number = models.CharField(max_length=60, blank=True, default="")
    rev = models.PositiveIntegerField(default=1)

    objects = MatterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(count__gte=1), name="a_matter_counts_something"),
            models.CheckConstraint(
                condition=Q(state=MatterState.FILED, filed_at__isnull=False)
                & ~Q(result="")
                & ~Q(file_number="")
                | ~Q(state=MatterState.FILED) & Q(filed_at__isnull=True),
                name="a_filed_matter_has_result_and_file",
            ),
            models.CheckConstraint(
                condition=Q(state=MatterState.REGISTERED) | Q(lead_unit__isnull=False),
                name="an_assigned_matter_has_a_lead",
            ),
            models.CheckConstraint(
                condition=Q(mediation_ended_at__isnull=True) | Q(accepted_at__isnull=False),
                name="mediation_ends_after_acceptance",
            ),
        ]
        indexes = [
            models.Index(fields=["unit_path", "state"]),
            models.Index(fields=["cadence", "day"]),
        ]

    def __str__(self):
        return self.number

    @property
    def key(self) -> str:
        return key("matter", self.pk)

    @property
    def helpers_text(self) -> str:
        """The helping units; of an old matter also what was typed."""
        units = "、".join(str(unit) for unit in self.helper_units.order_by("path"))
        return f"{units}（{self.helpers}）" if units and self.helpers else units or self.helpers

    @property
    def major_words(self) -> list[Words]:
        return [named(kind) for kind in self.major_kinds]

    @property
    def class_name(self) -> str:
        return class_label(self.dispute_class)


class MatterStep(models.Model):
    """One act on a matter, appended."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=14, choices=MatterVerb)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"{self.matter_id} {self.verb}"
