"""A level's confirmed summary of a period, in versions."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from journal.keys import key
from zero_reports.rollups.choices import RollUpState
from zero_reports.rounds.periodic import ForPeriod, ForPeriodQuerySet
from zero_reports.rounds.rules import Counts


class RollUpQuerySet(ForPeriodQuerySet):
    def visible_to(self, reach):
        return self.filter(reach.filter("report.view", field="unit__path"))

    def current(self):
        return self.filter(current=True)

    def confirmed(self):
        """What stands and may be built upon."""
        return self.filter(current=True, state=RollUpState.CONFIRMED)


class RollUp(ForPeriod):
    """What a unit confirmed of itself and everything below it. The figures are those of the moment of confirming.

    `lines` keeps them unit by unit, `classes` the matters by class; a later report changes neither, and the
    page shows the difference.
    """

    unit = models.ForeignKey(
        "accounts.Unit", on_delete=models.PROTECT, related_name="roll_ups", db_index=False
    )
    version = models.PositiveSmallIntegerField(default=1)
    current = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=RollUpState, default=RollUpState.CONFIRMED)
    #: The document's number within the unit and year; every version keeps the first one's.
    serial = models.PositiveIntegerField()
    year = models.PositiveSmallIntegerField()

    expected = models.IntegerField()
    received = models.IntegerField()
    nil = models.IntegerField()
    with_items = models.IntegerField()
    late = models.IntegerField()
    classes = models.JSONField(default=dict)
    lines = models.JSONField(default=list)
    #: Analysis and outlook in the unit's own words (二 4).
    note = models.CharField(max_length=500, blank=True, default="")
    #: Why it went up although units below had not confirmed.
    reason = models.CharField(max_length=200, blank=True, default="")

    confirmed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    post = models.CharField(max_length=120, blank=True, default="")
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    return_reason = models.CharField(max_length=200, blank=True, default="")

    objects = RollUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "cadence", "day", "version"], name="one_roll_up_per_version"
            ),
            models.UniqueConstraint(
                fields=["unit", "cadence", "day"],
                condition=Q(current=True),
                name="one_roll_up_per_unit_and_period",
            ),
            models.CheckConstraint(
                condition=Q(received=F("nil") + F("with_items"))
                & Q(received__lte=F("expected"))
                & Q(late__lte=F("received")),
                name="a_roll_up_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(state=RollUpState.RETURNED, returned_at__isnull=False, returned_by__isnull=False)
                & ~Q(return_reason="")
                | Q(state=RollUpState.CONFIRMED, returned_at__isnull=True, returned_by__isnull=True),
                name="a_return_has_time_person_and_reason",
            ),
        ]
        indexes = [models.Index(fields=["unit", "year", "day"])]

    def __str__(self):
        return self.number

    @property
    def subject(self) -> str:
        """The journal's name of a unit's summary of a period, the same for all its versions."""
        return key("roll_up", self.unit_id, self.period)

    @property
    def counts(self) -> Counts:
        return Counts(self.expected, self.received, self.nil, self.with_items, self.late)

    @property
    def number(self) -> str:
        """The document's number (文号), e.g. "C1〔2026〕零报 12 号"."""
        return f"{self.unit.code}〔{self.year}〕零报 {self.serial} 号"
