"""What a plan asks for while its response lasts: who, to whom, by when, and how it was settled."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import in_reader_language
from command.obligations.choices import DutyKind, DutyState, NoClock
from journal.keys import key


class Obligation(models.Model):
    """One duty of a response, in the plan's words as they were when it came into being."""

    response = models.ForeignKey("command.Response", on_delete=models.PROTECT, related_name="obligations")
    #: The version that asks for it: the response's own, or an attendance plan's beside it.
    plan = models.ForeignKey("plans.PlanVersion", on_delete=models.PROTECT, related_name="+")
    #: The plan's id of it.
    item = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=DutyKind)
    state = models.CharField(max_length=12, choices=DutyState, default=DutyState.OPEN)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=400, blank=True, default="")
    #: Who is responsible: the plan's roles, separated by spaces; empty = the desk of the incident's unit.
    role = models.CharField(max_length=200, blank=True, default="")
    #: Of one that is told to somebody outside: to whom.
    to_zh = models.CharField(max_length=120, blank=True, default="")
    to_en = models.CharField(max_length=160, blank=True, default="")
    cite = models.CharField(max_length=120, blank=True, default="")
    #: The level at which it came into being.
    level = models.CharField(max_length=20)
    owed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    #: Why it has no time limit; empty where it has one.
    why_no_clock = models.CharField(max_length=12, choices=NoClock, blank=True, default="")

    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    settled_post = models.CharField(max_length=120, blank=True, default="")
    #: What was done, or why it was not needed.
    note = models.CharField(max_length=500, blank=True, default="")
    #: Of one that is told: whom, when, and what they answered.
    told = models.CharField(max_length=120, blank=True, default="")
    told_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["response", "plan", "item"], name="each_duty_once_per_response"),
            models.CheckConstraint(
                condition=Q(due_at__isnull=False, why_no_clock="")
                | (Q(due_at__isnull=True) & ~Q(why_no_clock="")),
                name="a_duty_has_a_time_limit_or_says_why_not",
            ),
            models.CheckConstraint(
                condition=Q(state=DutyState.OPEN, settled_at__isnull=True, settled_by__isnull=True)
                | (
                    ~Q(state=DutyState.OPEN)
                    & Q(settled_at__isnull=False, settled_by__isnull=False)
                    & ~Q(note="")
                ),
                name="a_settled_duty_says_when_by_whom_and_how",
            ),
            models.CheckConstraint(
                condition=Q(told="", told_at__isnull=True, answer="")
                | (
                    Q(kind=DutyKind.TELL, state=DutyState.DONE, told_at__isnull=False)
                    & ~Q(told="")
                    & ~Q(answer="")
                ),
                name="only_what_was_told_says_whom",
            ),
            models.CheckConstraint(
                condition=~Q(kind=DutyKind.TELL, state=DutyState.DONE) | Q(told_at__isnull=False),
                name="what_was_told_says_whom_when_and_the_answer",
            ),
            models.CheckConstraint(
                condition=~Q(kind=DutyKind.TELL) | ~Q(to_zh=""), name="a_duty_to_tell_names_to_whom"
            ),
        ]
        indexes = [models.Index(fields=["response", "state"])]

    def __str__(self):
        return f"{self.response_id} {self.item}"

    @property
    def key(self) -> str:
        return key("obligation", self.pk)

    @property
    def is_open(self) -> bool:
        return self.state == DutyState.OPEN

    @property
    def title(self) -> str:
        return in_reader_language(self.title_zh, self.title_en)

    @property
    def to(self) -> str:
        return in_reader_language(self.to_zh, self.to_en)

    @property
    def roles(self) -> list[str]:
        return self.role.split()
