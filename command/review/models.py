"""A review of an incident that is over, its answers to the plan's questions, and the follow-ups after it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import in_reader_language
from command.review.choices import FollowUpState, Phase, ReviewState
from journal.keys import key

S = ReviewState


class Review(models.Model):
    """One review. An incident that was opened again after one was approved has another."""

    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="reviews")
    n = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=ReviewState, default=S.DRAFT)
    rev = models.PositiveIntegerField(default=1)
    #: What happened and why; what went well; what is to be done better, in sentences.
    course = models.CharField(max_length=2000, blank=True, default="")
    good = models.CharField(max_length=2000, blank=True, default="")
    lessons = models.CharField(max_length=2000, blank=True, default="")
    #: The key times as they stood when it was handed in; before that they are read from the record.
    times = models.JSONField(default=list)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    handed_in_at = models.DateTimeField(null=True, blank=True)
    handed_in_post = models.CharField(max_length=120, blank=True, default="")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    issuer_post = models.CharField(max_length=120, blank=True, default="")
    #: Why it was returned last.
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "n"], name="reviews_of_an_incident_are_numbered"),
            models.UniqueConstraint(
                fields=["incident"], condition=~Q(state="approved"), name="one_review_under_way_per_incident"
            ),
            models.CheckConstraint(
                condition=Q(state=S.DRAFT)
                | Q(handed_in_by__isnull=False, handed_in_at__isnull=False) & ~Q(lessons=""),
                name="a_review_is_handed_in_by_somebody_with_its_lessons",
            ),
            models.CheckConstraint(
                condition=(~Q(state=S.APPROVED) & Q(approved_by__isnull=True, approved_at__isnull=True))
                | Q(state=S.APPROVED, approved_by__isnull=False, approved_at__isnull=False),
                name="a_review_is_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("handed_in_by")),
                name="a_review_is_approved_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.n}"

    @property
    def key(self) -> str:
        return key("review", self.pk)

    @property
    def reference(self) -> str:
        return f"{self.incident.number}-F{self.n}"


class ReviewAnswer(models.Model):
    """A question in the plan's words as they were when the review began, and what is answered."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="answers")
    #: The plan's id of it.
    item = models.CharField(max_length=40)
    plan = models.ForeignKey("plans.PlanVersion", on_delete=models.PROTECT, related_name="+")
    phase = models.CharField(max_length=6, choices=Phase)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300, blank=True, default="")
    cite = models.CharField(max_length=120, blank=True, default="")
    answer = models.CharField(max_length=1000, blank=True, default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "item"], name="each_question_once_per_review"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="an_answer_says_whose_it_is",
            ),
        ]

    def __str__(self) -> str:
        return self.item

    @property
    def title(self) -> str:
        return in_reader_language(self.title_zh, self.title_en)


class FollowUp(models.Model):
    """Looking again after an incident is over: by when, what came of it."""

    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="follow_ups")
    state = models.CharField(max_length=8, choices=FollowUpState, default=FollowUpState.PLANNED)
    rev = models.PositiveIntegerField(default=1)
    #: What is to be looked at.
    what = models.CharField(max_length=300)
    due_at = models.DateTimeField()
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    #: Done or dropped.
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_post = models.CharField(max_length=120, blank=True, default="")
    result = models.CharField(max_length=500, blank=True, default="")
    #: Why it was dropped or given another day.
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="a_follow_up_says_what_is_looked_at"),
            models.CheckConstraint(
                condition=Q(
                    state=FollowUpState.PLANNED, ended_at__isnull=True, ended_by__isnull=True, result=""
                )
                | Q(state=FollowUpState.DONE, ended_at__isnull=False, ended_by__isnull=False) & ~Q(result="")
                | Q(state=FollowUpState.DROPPED, ended_at__isnull=False, ended_by__isnull=False)
                & ~Q(reason=""),
                name="a_follow_up_ends_with_what_came_of_it",
            ),
        ]

    def __str__(self) -> str:
        return self.what[:60]

    @property
    def key(self) -> str:
        return key("follow_up", self.pk)
