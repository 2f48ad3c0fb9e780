"""A demand: one point that somebody is owed an answer to. Never who that is."""

from datetime import UTC, datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from cases.demands import rules
from cases.demands.choices import DemandOrigin, DemandOutcome, DemandVerb, PassedOn, Told
from common.database.paths import PathField
from journal.keys import key
from journal.kinds import KINDS
from plans.document.steps import step_label

#: Where nothing runs: after everything that is due.
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


class DemandQuerySet(models.QuerySet):
    def visible_to(self, reach):
        """Demands of the own units and below, and those one of them leads or supports."""
        helped = Demand.supporters.through.objects.filter(
            reach.filter("report.view", field="unit__path"), demand=OuterRef("pk")
        )
        mine = reach.filter("report.view") | reach.filter("report.view", field="lead_path")
        return self.filter(mine | Q(Exists(helped)), reach.open_rows(demand="pk"))

    def open(self):
        return self.filter(closed_at=None)


class Demand(models.Model):
    """One row for each point; a matter, an incident or a reception may have several."""

    number = models.CharField(max_length=60, unique=True)
    origin = models.CharField(max_length=8, choices=DemandOrigin)
    #: By whom it was passed on; empty = by nobody of that kind.
    passed_on = models.CharField(max_length=10, choices=PassedOn, blank=True, default="")
    matter = models.ForeignKey(
        "cases.Matter", null=True, blank=True, on_delete=models.PROTECT, related_name="demands"
    )
    incident = models.ForeignKey(
        "incidents.Incident", null=True, blank=True, on_delete=models.PROTECT, related_name="demands"
    )
    point = models.CharField(max_length=300)
    #: By the plan's section `demand_classes`; empty = not classed yet.
    kind = models.CharField(max_length=40, blank=True, default="")
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()
    lead_unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    lead_path = PathField()
    supporters = models.ManyToManyField("accounts.Unit", blank=True, related_name="+")
    #: The number in the petition system; who stands behind it is known there and nowhere here.
    office_number = models.CharField(max_length=60, blank=True, default="")
    registered_at = models.DateTimeField()
    #: It accuses a unit or somebody of it: closed to them (accounts.exclusions), and in no thread that they see.
    accusation = models.BooleanField(default=False, db_default=False)

    receipt_number = models.CharField(max_length=60, blank=True, default="")
    accepted_at = models.DateTimeField(null=True, blank=True)
    #: What was promised: within so many working days, until when, told how and when.
    promised_days = models.PositiveSmallIntegerField(null=True, blank=True)
    promised_until = models.DateTimeField(null=True, blank=True)
    promise_told = models.CharField(max_length=10, choices=Told, blank=True, default="")
    promise_told_at = models.DateTimeField(null=True, blank=True)
    #: The earliest of what was promised and what runs; what lists are sorted by.
    due_at = models.DateTimeField(default=NEVER)
    #: Who led before the last transfer, while an objection is possible.
    transferred_from = models.ForeignKey(
        "accounts.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    replied_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=13, choices=DemandOutcome, blank=True, default="")
    #: The provisions the reply rests on.
    law = models.CharField(max_length=200, blank=True, default="")
    reply_number = models.CharField(max_length=60, blank=True, default="")
    delivered_at = models.DateTimeField(null=True, blank=True)
    delivered_how = models.CharField(max_length=10, choices=Told, blank=True, default="")
    signed = models.BooleanField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    rev = models.PositiveIntegerField(default=1)

    objects = DemandQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(replied_at__isnull=True, outcome="")
                | Q(replied_at__isnull=False, outcome__in=DemandOutcome.values),
                name="a_reply_has_an_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=DemandOutcome.NOT_SUPPORTED) | ~Q(law=""),
                name="what_is_not_supported_names_the_law",
            ),
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True)
                | Q(replied_at__isnull=False, delivered_at__gte=F("replied_at")) & ~Q(delivered_how=""),
                name="what_is_delivered_was_replied",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(delivered_at__isnull=False) & ~Q(office_number=""),
                name="a_demand_closes_delivered_and_numbered",
            ),
            models.CheckConstraint(
                condition=Q(promised_days__isnull=True, promise_told="", promise_told_at__isnull=True)
                | Q(promised_days__gte=1, promise_told_at__isnull=False) & ~Q(promise_told=""),
                name="a_promise_was_told",
            ),
            models.CheckConstraint(
                condition=~Q(origin=DemandOrigin.INCIDENT) | Q(incident__isnull=False),
                name="a_demand_at_an_incident_names_it",
            ),
            models.CheckConstraint(
                condition=~Q(origin=DemandOrigin.MATTER) | Q(matter__isnull=False),
                name="a_demand_of_a_matter_names_it",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(closed_at__isnull=True), name="demand_due"),
            models.Index(
                fields=["lead_path", "due_at"], condition=Q(closed_at__isnull=True), name="demand_due_by_lead"
            ),
            models.Index(fields=["unit_path"], name="demand_unit"),
            models.Index(fields=["registered_at"], name="demand_by_day"),
        ]

    def __str__(self):
        return self.number

    @property
    def key(self) -> str:
        return key("demand", self.pk)

    @property
    def state(self) -> str:
        return rules.demand_state(
            replied=self.replied_at is not None,
            delivered=self.delivered_at is not None,
            closed=self.closed_at is not None,
        )

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def due(self) -> datetime | None:
        return None if self.due_at == NEVER else self.due_at


class DemandStep(models.Model):
    """One act on a demand, appended."""

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=14, choices=DemandVerb)
    #: The journal's word for it.
    kind = models.CharField(max_length=60, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"{self.demand_id} {self.verb}"

    @property
    def name(self) -> str:
        """What was done, in the reader's language."""
        if self.verb == DemandVerb.STATUTORY_STEP and self.kind in KINDS:
            return step_label(KINDS[self.kind])
        return self.get_verb_display()
