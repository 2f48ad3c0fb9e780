"""What was handed over to another agency: who, what, to whom, when, their answer."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from command.handing_over.choices import HandingState
from command.linkage.choices import Way
from journal.keys import key
from resources.partners.choices import PartnerKind


class HandedOver(models.Model):
    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="handed_over")
    #: Its entry in the directory; empty for an agency that is not listed.
    partner = models.ForeignKey(
        "resources.Partner", null=True, blank=True, on_delete=models.PROTECT, related_name="handed_over"
    )
    agency_kind = models.CharField(max_length=20, choices=PartnerKind)
    #: What the agency calls itself: "城关派出所"; of one in the directory as it was called then.
    agency = models.CharField(max_length=80)
    what = models.CharField(max_length=500)
    #: The official who took it, by post.
    to_whom = models.CharField(max_length=80)
    way = models.CharField(max_length=8, choices=Way)
    handed_at = models.DateTimeField()
    handed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120, blank=True, default="")
    state = models.CharField(max_length=10, choices=HandingState, default=HandingState.WAITING)
    answer = models.CharField(max_length=300, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(agency="") & ~Q(what="") & ~Q(to_whom=""),
                name="handing_over_says_to_whom_and_what",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=HandingState.WAITING,
                    answered_at__isnull=True,
                    answer_noted_by__isnull=True,
                    answer="",
                )
                | (
                    ~Q(state=HandingState.WAITING)
                    & ~Q(answer="")
                    & Q(answered_at__isnull=False, answer_noted_by__isnull=False)
                ),
                name="an_agencys_answer_has_its_words_and_time",
            ),
        ]

    def __str__(self):
        return f"{self.agency}: {self.what}"

    @property
    def key(self) -> str:
        return key("handedover", self.pk)
