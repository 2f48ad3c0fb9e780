"""An official statement about an incident: written, approved by somebody else, released where and when."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from command.statements.choices import StatementState
from journal.keys import key

S = StatementState


class Statement(models.Model):
    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="statements")
    state = models.CharField(max_length=10, choices=StatementState, default=S.DRAFT)
    rev = models.PositiveIntegerField(default=1)
    text = models.CharField(max_length=2000)
    #: Who wrote what stands there now.
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    post = models.CharField(max_length=120, blank=True, default="")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    issuer_post = models.CharField(max_length=120, blank=True, default="")
    #: Where it was released: the bureau's website, on the spot by loudspeaker.
    place = models.CharField(max_length=120, blank=True, default="")
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)
    #: Why it was discarded.
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="a_statement_says_something"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("drafted_by")),
                name="a_statement_is_approved_by_another_person",
            ),
            models.CheckConstraint(
                condition=(Q(state=S.DRAFT, approved_by__isnull=True, approved_at__isnull=True))
                | Q(state=S.DISCARDED)
                | Q(state__in=[S.APPROVED, S.RELEASED], approved_by__isnull=False, approved_at__isnull=False),
                name="a_statement_is_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=(~Q(state=S.RELEASED) & Q(released_at__isnull=True, released_by__isnull=True, place=""))
                | (Q(state=S.RELEASED, released_at__gte=F("approved_at"), released_by__isnull=False) & ~Q(place="")),
                name="a_statement_is_released_somewhere_after_approval",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.DISCARDED) | ~Q(reason=""), name="a_discarded_statement_says_why"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def key(self) -> str:
        return key("statement", self.pk)
