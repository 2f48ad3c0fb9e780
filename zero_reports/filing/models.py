"""Zero-reports: what a unit answered for a period, in versions."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from zero_reports.filing.choices import Answer, Via
from zero_reports.filing.classes import class_label
from zero_reports.lock.models import LockException
from zero_reports.rounds.periodic import ForPeriod, ForPeriodQuerySet
from zero_reports.rounds.rules import is_on_time


class ZeroReportQuerySet(ForPeriodQuerySet):
    def visible_to(self, reach):
        """Reports of the units this person sees by post."""
        return self.filter(reach.filter("report.view", field="unit__path"))

    def current(self):
        return self.filter(current=True)


class ZeroReport(ForPeriod):
    """A version of a unit's answer for a period. A correction is a new row; nothing said is ever changed."""

    # No index of their own on unit and person: the first is part of two others, the second is never searched.
    unit = models.ForeignKey(
        "accounts.Unit", on_delete=models.PROTECT, related_name="zero_reports", db_index=False
    )
    version = models.PositiveSmallIntegerField(default=1)
    #: The last version so far.
    current = models.BooleanField(default=True)
    answer = models.CharField(max_length=5, choices=Answer)
    receipt = models.CharField(max_length=70)
    received_at = models.DateTimeField()
    #: When the unit first answered; every version carries it, so that a correction makes nobody late.
    first_received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    #: False = a unit that was not asked when the counts were fixed: the answer is kept, the rates stand.
    counted = models.BooleanField(default=True)
    #: Nobody's name where a one-tap link filed it; `link` says who sent that.
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    post = models.CharField(max_length=120, blank=True, default="")
    #: 代报: filed from a post of a unit above.
    on_behalf = models.BooleanField(default=False)
    via = models.CharField(max_length=5, choices=Via)
    #: After the lock: what the level above granted.
    exception = models.ForeignKey(
        LockException, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    #: Whether the act that returned it wrote it; not where the same answer was given again.
    is_fresh = False

    objects = ZeroReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "cadence", "day", "version"], name="one_report_per_version"
            ),
            models.UniqueConstraint(
                fields=["unit", "cadence", "day"],
                condition=Q(current=True),
                name="one_zero_report_per_unit_and_period",
            ),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="a_report_says_nil_or_items"),
            models.CheckConstraint(condition=Q(version__gte=1), name="versions_count_from_one"),
            models.CheckConstraint(
                condition=Q(version=1, first_received_at=F("received_at"))
                | Q(version__gt=1, first_received_at__lte=F("received_at")),
                name="the_first_version_came_first",
            ),
            models.CheckConstraint(
                condition=Q(via=Via.LINK, filed_by__isnull=True)
                | (~Q(via=Via.LINK) & Q(filed_by__isnull=False)),
                name="a_person_or_a_link_filed_it",
            ),
        ]

    def __str__(self):
        return self.receipt

    @property
    def on_time(self) -> bool:
        """Whether this version came by the cut-off."""
        return is_on_time(self.received_at, self.due_at)

    @property
    def is_late(self) -> bool:
        """Whether the unit's first answer came after the cut-off."""
        return not is_on_time(self.first_received_at, self.due_at)


class ReportItem(models.Model):
    """One matter of a report: its class, how many, a sentence; or an incident already recorded. Never a person."""

    report = models.ForeignKey(ZeroReport, on_delete=models.PROTECT, related_name="items")
    #: A class of the plan's screening; may be empty where the matter is an incident, which says what it is.
    dispute_class = models.CharField(max_length=20, blank=True, default="")
    incident = models.ForeignKey(
        "incidents.Incident",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="zero_report_items",
    )
    count = models.PositiveIntegerField()
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(count__gte=1), name="an_item_counts_something"),
            models.CheckConstraint(
                condition=~Q(dispute_class="") | Q(incident__isnull=False),
                name="an_item_has_a_class_or_an_incident",
            ),
            models.UniqueConstraint(fields=["report", "incident"], name="one_item_per_incident"),
        ]
        ordering = ["id"]

    def __str__(self):
        return f"{self.dispute_class or self.incident} × {self.count}"

    @property
    def class_name(self) -> str:
        """The class in the reader's language."""
        return class_label(self.dispute_class)


class FilingTime(models.Model):
    """How long the form of a report was open before it was sent, in seconds; for the burden meter only.

    It says nothing about a person: neither who nor where, and beyond two hours nothing is kept.
    """

    report = models.OneToOneField(
        "zero_reports.ZeroReport", on_delete=models.PROTECT, related_name="filing_time"
    )
    seconds = models.PositiveIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(seconds__lte=7200), name="at_most_two_hours")]
