"""A written report of a unit for a period: the draft that is worked on, and what was handed in, in versions."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from common.database.paths import PathField
from journal.keys import key
from written_reports import rules
from written_reports.choices import LineKind, SlotState, WrittenCadence
from zero_reports.rounds.periodic import ForPeriod, ForPeriodQuerySet


class WrittenReportQuerySet(ForPeriodQuerySet):
    def visible_to(self, reach):
        return self.filter(reach.filter("report.view"))


class WrittenReport(ForPeriod):
    """One report that a plan asks of a unit for a period. What the plan asked is copied: a later version changes nothing.

    `texts` and `lines` are the draft; what was handed in stands in its versions.
    """

    cadence = models.CharField(max_length=9, choices=WrittenCadence)
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="written_reports")
    unit_path = PathField()
    plan = models.CharField(max_length=80)
    clock = models.CharField(max_length=60)
    #: The plan's version, "id@version".
    ref = models.CharField(max_length=120)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True, default="")
    parts = models.JSONField(default=list)
    line_kind = models.CharField(max_length=12, choices=LineKind, blank=True, default="")
    due_at = models.DateTimeField()

    #: Part → what was written; the lines of the list.
    texts = models.JSONField(default=dict)
    lines = models.JSONField(default=list)
    #: Counts what was kept, so that nobody overwrites another unseen.
    rev = models.PositiveIntegerField(default=1)
    begun_at = models.DateTimeField()
    edited_at = models.DateTimeField()
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    #: How many versions were handed in; 0 = it is a draft.
    version = models.PositiveSmallIntegerField(default=0)
    #: When the first one was.
    handed_in_at = models.DateTimeField(null=True, blank=True)
    #: The document's number within the unit and year; every version keeps it.
    serial = models.PositiveIntegerField(null=True, blank=True)
    year = models.PositiveSmallIntegerField()

    received_at = models.DateTimeField(null=True, blank=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    received_post = models.CharField(max_length=120, blank=True, default="")

    objects = WrittenReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "plan", "clock", "cadence", "day"], name="one_written_report_per_ask"
            ),
            models.UniqueConstraint(fields=["unit", "year", "serial"], name="one_written_report_per_number"),
            models.CheckConstraint(
                condition=Q(version=0, handed_in_at__isnull=True, serial__isnull=True)
                | Q(version__gte=1, handed_in_at__isnull=False, serial__isnull=False),
                name="a_handed_in_report_has_time_and_number",
            ),
            models.CheckConstraint(
                condition=Q(received_at__isnull=True, received_by__isnull=True)
                | Q(received_at__isnull=False, received_by__isnull=False, version__gte=1),
                name="a_received_report_was_handed_in",
            ),
        ]
        indexes = [
            models.Index(fields=["unit_path", "cadence", "day"]),
            models.Index(fields=["unit", "year", "day"]),
        ]

    def __str__(self):
        return f"{self.unit_id} {self.clock} {self.period}"

    @property
    def key(self) -> str:
        return key("written_report", self.pk)

    @property
    def title(self) -> str:
        """The English title for an English reader where there is one, else the Chinese."""
        in_english = self.title_en and (get_language() or "").startswith("en")
        return self.title_en if in_english else self.title_zh

    @property
    def number(self) -> str:
        """The document's number (文号), e.g. "T34〔2026〕书报 3 号"; empty while it is a draft."""
        return f"{self.unit.code}〔{self.year}〕书报 {self.serial} 号" if self.serial else ""

    @property
    def is_late(self) -> bool:
        return self.handed_in_at is not None and self.handed_in_at > self.due_at

    @property
    def stage(self) -> str:
        return rules.stage_of(is_handed_in=bool(self.version), is_received=self.received_at is not None)

    def state(self, now) -> SlotState:
        return rules.state_of(
            is_begun=True,
            handed_in_at=self.handed_in_at,
            received_at=self.received_at,
            due_at=self.due_at,
            now=now,
        )


class WrittenVersion(models.Model):
    """What was handed in, whole: words, lines and the figures of that moment. Written once."""

    report = models.ForeignKey(WrittenReport, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    texts = models.JSONField(default=dict)
    lines = models.JSONField(default=list)
    #: The counted part, as `figures.figures` counts it.
    data = models.JSONField(default=dict)
    handed_in_at = models.DateTimeField()
    handed_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120, blank=True, default="")
    on_behalf = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="one_written_version_per_number")
        ]
        ordering = ["-number"]

    def __str__(self):
        return f"{self.report_id} v{self.number}"

    @property
    def receipt(self) -> str:
        """What the unit can refer to, e.g. "T34〔2026〕书报 3 号 / 1"."""
        return f"{self.report.number} / {self.number}"


class WrittenReminder(models.Model):
    """A reminder about one asking of one period was taken: a row, so that none is taken twice."""

    plan = models.CharField(max_length=80)
    clock = models.CharField(max_length=60)
    period = models.CharField(max_length=10)
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    told = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "clock", "period", "number"], name="one_written_reminder_per_number"
            )
        ]

    def __str__(self):
        return f"{self.clock} {self.period} {self.number}"
