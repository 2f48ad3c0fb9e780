"""A measure taken in an incident, or asked for: what, on which law, why it is in proportion, who approved it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from command.measures.choices import MeasureState
from journal.keys import key

S = MeasureState


class Measure(models.Model):
    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="measures")
    state = models.CharField(max_length=10, choices=MeasureState)
    what = models.CharField(max_length=500)
    legal_basis = models.CharField(max_length=200)
    touches_rights = models.BooleanField(default=False)
    #: Why it is no more than the danger asks for; there wherever it touches rights.
    proportionality = models.CharField(max_length=500, blank=True, default="")

    #: Of a major one: the plan that calls it so, its gate, the kind of measure, and the role that approves. The words
    #: are the plan's of that moment. Empty for any other.
    plan = models.ForeignKey(
        "plans.PlanVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    item = models.CharField(max_length=40, blank=True, default="")
    title_zh = models.CharField(max_length=120, blank=True, default="")
    title_en = models.CharField(max_length=160, blank=True, default="")
    role = models.CharField(max_length=60, blank=True, default="")
    to_zh = models.CharField(max_length=120, blank=True, default="")
    to_en = models.CharField(max_length=160, blank=True, default="")
    #: Nobody in this bureau holds the role: the duty room asks by telephone and notes the answer.
    is_outside = models.BooleanField(default=False)
    cite = models.CharField(max_length=40, blank=True, default="")

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(null=True, blank=True)
    #: Who said yes or no, by post; for a role outside the bureau `answered_by` is who noted it.
    approver = models.CharField(max_length=120, blank=True, default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    #: Why it was refused or withdrawn; conditions of an approval.
    reason = models.CharField(max_length=300, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    #: The post of whoever put it on record.
    post = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(what="") & ~Q(legal_basis=""), name="a_measure_says_what_and_on_which_law"
            ),
            models.CheckConstraint(
                condition=Q(touches_rights=False) | ~Q(proportionality=""),
                name="a_measure_that_touches_rights_says_why",
            ),
            models.CheckConstraint(
                condition=Q(role="", plan__isnull=True, asked_at__isnull=True, state=S.TAKEN)
                | (~Q(role="") & ~Q(to_zh="") & Q(plan__isnull=False, asked_at__isnull=False, asked_by__isnull=False)),
                name="a_major_measure_was_asked_for",
            ),
            models.CheckConstraint(
                condition=Q(role="")
                | Q(state=S.ASKED, answered_at__isnull=True)
                | Q(state=S.WITHDRAWN)
                | (
                    Q(state__in=[S.APPROVED, S.REFUSED, S.TAKEN], answered_at__isnull=False, answered_by__isnull=False)
                    & ~Q(approver="")
                ),
                name="a_major_measure_is_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[S.REFUSED, S.WITHDRAWN]) | (~Q(reason="") & Q(ended_at__isnull=False)),
                name="a_measure_refused_or_withdrawn_says_why",
            ),
            models.CheckConstraint(
                condition=(~Q(state=S.TAKEN) & Q(taken_at__isnull=True, taken_by__isnull=True))
                | Q(state=S.TAKEN, taken_at__isnull=False, taken_by__isnull=False),
                name="a_measure_is_taken_at_a_time_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True)
                | Q(taken_at__isnull=True)
                | Q(taken_at__gte=F("answered_at")),
                name="approval_comes_before_the_measure",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.what

    @property
    def key(self) -> str:
        return key("measure", self.pk)

    @property
    def is_major(self) -> bool:
        return bool(self.role)

    @property
    def title(self) -> str:
        """The plan's kind of measure."""
        return self._words(self.title_zh, self.title_en)

    @property
    def whose(self) -> str:
        """Whose approval it needs."""
        return self._words(self.to_zh, self.to_en)

    @staticmethod
    def _words(zh: str, en: str) -> str:
        return (en or zh) if str(get_language() or "").startswith("en") else zh
