"""A demand: what is added to a matter once somebody has to be answered. Never who that is."""

from django.db import models
from django.db.models import Q

from cases.demands import rules
from cases.demands.choices import DemandOutcome


class Demand(models.Model):
    """One matter that is answered as a demand. Its steps are the matter's, its clocks run for the matter."""

    matter = models.OneToOneField("cases.Matter", on_delete=models.PROTECT, related_name="demand")
    #: The number in the petition system; who stands behind it is known there and nowhere here.
    office_number = models.CharField(max_length=60, blank=True, default="")
    taken_on_at = models.DateTimeField()
    replied_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=13, choices=DemandOutcome, blank=True, default="")
    #: The provisions the reply rests on.
    law = models.CharField(max_length=200, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)

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
                condition=Q(closed_at__isnull=True) | Q(replied_at__isnull=False),
                name="a_demand_closes_with_its_reply",
            ),
        ]

    def __str__(self):
        return f"{self.matter_id} {self.outcome}"

    @property
    def state(self) -> str:
        return rules.demand_state(replied=self.replied_at is not None, closed=self.closed_at is not None)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None
