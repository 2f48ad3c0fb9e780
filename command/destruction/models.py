"""The certificate of a closing: what was gathered about people, and what became of it, kind by kind."""

from django.db import models
from django.db.models import F, Q

from command.destruction import rules
from command.destruction.choices import DataKind, Ground, ItemState, Method
from common.database.columns import staff
from journal.keys import key

S = ItemState


class Certificate(models.Model):
    """One for each closing; never changed. Without items: nothing had been gathered."""

    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="certificates")
    number = models.CharField(max_length=60, unique=True)
    #: The closing it follows: an incident that was opened again and closed has another.
    closed_at = models.DateTimeField()
    #: Of the list of what was found (command.destruction.rules.digest).
    sha256 = models.CharField(max_length=64)
    issued_by = staff()
    issued_at = models.DateTimeField()
    issuer_post = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "closed_at"], name="one_certificate_per_closing"),
            models.CheckConstraint(
                condition=Q(issued_at__gte=F("closed_at")), name="a_certificate_follows_its_closing"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def key(self) -> str:
        return key("certificate", self.pk)


class CertificateItem(models.Model):
    """One kind of data on a certificate: how much there was, destroyed or kept, by whom, why and until when."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=10, choices=DataKind)
    state = models.CharField(max_length=10, choices=ItemState)
    rev = models.PositiveIntegerField(default=1)
    count = models.PositiveIntegerField()
    #: How it was destroyed; empty as long as it is kept.
    method = models.CharField(max_length=10, choices=Method, blank=True, default="")
    #: Of what is kept: what for; on which law (legality), why it cannot be done without (necessity), how it is
    #: protected (safety).
    ground = models.CharField(max_length=14, choices=Ground, blank=True, default="")
    legal_basis = models.CharField(max_length=200, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    safeguards = models.CharField(max_length=300, blank=True, default="")
    #: Until when it is kept; empty for what nothing can destroy (command.destruction.rules.ONLY_KEPT).
    until = models.DateTimeField(null=True, blank=True)
    #: Who decided last to destroy or to keep it.
    settled_by = staff()
    settled_at = models.DateTimeField()
    settled_post = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["certificate", "kind"], name="each_kind_once_per_certificate"),
            models.CheckConstraint(condition=Q(count__gte=1), name="an_item_was_gathered"),
            models.CheckConstraint(
                condition=~Q(state=S.DESTROYED) & Q(method="") | Q(state=S.DESTROYED) & ~Q(method=""),
                name="what_is_destroyed_says_how",
            ),
            models.CheckConstraint(
                condition=Q(state=S.DESTROYED)
                | ~Q(ground="") & ~Q(legal_basis="") & ~Q(reason="") & ~Q(safeguards=""),
                name="what_is_kept_was_assessed",
            ),
            models.CheckConstraint(
                condition=Q(state=S.DESTROYED)
                | Q(kind__in=sorted(rules.ONLY_KEPT), until__isnull=True)
                | ~Q(kind__in=sorted(rules.ONLY_KEPT)) & Q(until__isnull=False),
                name="what_is_kept_has_its_end",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.DESTROYED) | ~Q(kind__in=sorted(rules.ONLY_KEPT)),
                name="signed_texts_and_the_journal_stay",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.kind} {self.state}"

    @property
    def key(self) -> str:
        return key("certificate_item", self.pk)
