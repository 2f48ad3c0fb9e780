"""An improvement: what was learned from an incident or a drill, as a task with an owner and a day."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.scope import Reach
from command.improvements.choices import ImprovementState
from common.database.paths import PathField
from journal.keys import key

S = ImprovementState


class ImprovementQuerySet(models.QuerySet):
    def visible_to(self, reach: Reach):
        """Who sees the unit that has it to do or the one that set it, and whoever has it to do."""
        own = Q(post__in=[post.post_id for post in reach.posts]) | Q(person=reach.user.pk)
        seen = reach.filter("incident.view") | reach.filter("incident.view", "set_for__path")
        return self.filter(own | seen, reach.open_rows(key="thread"))

    def live(self):
        return self.filter(state__in=[S.OPEN, S.REPORTED])

    def with_names(self):
        return self.select_related(
            "unit", "set_for", "post__unit", "person", "set_by", "reported_by", "ended_by", "plan"
        )


class Improvement(models.Model):
    #: What it comes from, by its journal key ("incident:5", "drill:3"), and the thread that belongs to.
    source = models.CharField(max_length=60)
    thread = models.CharField(max_length=60)
    #: The number people know that by.
    about = models.CharField(max_length=60)
    #: The unit whose incident or drill it was: its leaders decide about the task.
    set_for = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    #: The unit that has it to do.
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()
    #: Who has it to do: a post, whoever holds it, or a person.
    post = models.ForeignKey(
        "accounts.Post", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: The plan whose steps chase it.
    plan = models.ForeignKey("plans.PlanVersion", on_delete=models.PROTECT, related_name="+")
    drill = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ImprovementState, default=S.OPEN)
    rev = models.PositiveIntegerField(default=1)
    text = models.CharField(max_length=300)
    due_at = models.DateTimeField()
    #: The day it was first set for; how often that was changed.
    first_due_at = models.DateTimeField()
    date_changes = models.PositiveSmallIntegerField(default=0)
    #: When the next step of the plan is taken; empty: none is left.
    next_step_at = models.DateTimeField(null=True, blank=True)

    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_post = models.CharField(max_length=120, blank=True, default="")
    set_at = models.DateTimeField()
    #: What was done, by whoever reported it.
    report = models.CharField(max_length=500, blank=True, default="")
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reported_at = models.DateTimeField(null=True, blank=True)
    #: Confirmed or dropped.
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    #: Why it was sent back last, dropped, given another day or another owner.
    reason = models.CharField(max_length=300, blank=True, default="")

    objects = ImprovementQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="an_improvement_says_what_is_to_be_done"),
            models.CheckConstraint(
                condition=Q(post__isnull=True, person__isnull=False)
                | Q(post__isnull=False, person__isnull=True),
                name="an_improvement_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(state=S.OPEN, reported_by__isnull=True, reported_at__isnull=True)
                | Q(state__in=[S.REPORTED, S.CONFIRMED], reported_by__isnull=False, reported_at__isnull=False)
                & ~Q(report="")
                | Q(state=S.DROPPED),
                name="a_reported_improvement_says_what_was_done",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[S.OPEN, S.REPORTED], ended_at__isnull=True, ended_by__isnull=True)
                | Q(state__in=[S.CONFIRMED, S.DROPPED], ended_at__isnull=False, ended_by__isnull=False),
                name="an_improvement_ends_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.CONFIRMED) | ~Q(ended_by=F("reported_by")),
                name="an_improvement_is_confirmed_by_another_person",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.DROPPED) | ~Q(reason=""), name="a_dropped_improvement_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["thread"], name="improvement_thread"),
            models.Index(fields=["source"], name="improvement_source"),
            models.Index(
                fields=["unit_path", "due_at"],
                condition=Q(state__in=["open", "reported"]),
                name="improvement_live_by_unit",
            ),
            models.Index(
                fields=["next_step_at"], condition=Q(next_step_at__isnull=False), name="improvement_next_step"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def key(self) -> str:
        return key("improvement", self.pk)

    @property
    def is_live(self) -> bool:
        return self.state in (S.OPEN, S.REPORTED)

    @property
    def owner(self) -> str:
        """The post with its unit, or the person."""
        return f"{self.post.unit} {self.post}" if self.post else f"{self.unit} {self.person}"
