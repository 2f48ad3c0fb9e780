"""The index of evidence: what there is, its hash; and the chain of who keeps it where, to which lines are only added."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from journal.keys import key


class EvidenceItem(models.Model):
    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="evidence")
    what = models.CharField(max_length=300)
    #: When it came about: when the picture was taken, the paper received.
    collected_at = models.DateTimeField()
    #: Of a file; empty where there is none, or nobody has it.
    sha256 = models.CharField(max_length=64, blank=True, default="")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="evidence_says_what_it_is"),
            models.CheckConstraint(
                condition=Q(sha256="") | Q(Exact(Length("sha256"), 64)), name="evidence_has_a_whole_hash"
            ),
            models.CheckConstraint(
                condition=Q(collected_at__lte=F("recorded_at")),
                name="evidence_is_entered_after_it_came_about",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def key(self) -> str:
        return key("evidence", self.pk)


class Custody(models.Model):
    """From when on somebody keeps an item, and where. The last line is who has it now."""

    item = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="custody")
    number = models.PositiveSmallIntegerField()
    #: By post or unit: "档案员", "城关派出所".
    custodian = models.CharField(max_length=80)
    place = models.CharField(max_length=120)
    reason = models.CharField(max_length=300, blank=True, default="")
    since = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["item", "number"]
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="custody_numbered_once"),
            models.CheckConstraint(
                condition=~Q(custodian="") & ~Q(place=""), name="custody_says_who_and_where"
            ),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(reason=""), name="a_change_of_custody_says_why"
            ),
            models.CheckConstraint(
                condition=Q(since__lte=F("recorded_at")), name="custody_is_noted_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.custodian}: {self.place}"
