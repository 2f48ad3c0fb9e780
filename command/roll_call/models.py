"""Roll-calls of our own people at a scene."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from command.roll_call.choices import RollCallAnswer, RollCallState
from common.drills import RealRows
from journal.keys import key

_NOBODY = Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
_SOMEBODY = Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")


class RollCall(models.Model):
    """One at an incident at a time; asked once, or again and again while the scene is dangerous."""

    incident = models.ForeignKey("incidents.Incident", on_delete=models.PROTECT, related_name="roll_calls")
    #: The response under which it was started: it ends with that.
    response = models.ForeignKey(
        "command.Response", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=10, choices=RollCallState, default=RollCallState.OPEN)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120, blank=True, default="")
    #: How often it is asked; empty: once.
    every_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    round = models.PositiveSmallIntegerField(default=1)
    #: When this round was asked, and until when it is answered.
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    #: When it is asked again.
    next_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    drill = models.BooleanField(default=False)

    objects = RealRows.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident"],
                condition=Q(state=RollCallState.OPEN),
                name="one_roll_call_at_a_time_per_incident",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("asked_at")), name="a_roll_call_leaves_time_to_answer"
            ),
            models.CheckConstraint(
                condition=Q(state=RollCallState.OPEN, ended_at__isnull=True)
                | Q(state=RollCallState.ENDED, ended_at__isnull=False, next_at__isnull=True),
                name="an_ended_roll_call_asks_nobody_any_more",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(state=RollCallState.OPEN), name="roll_call_under_way"
            )
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.round}"

    @property
    def key(self) -> str:
        return key("roll_call", self.pk)


class RollCallLine(models.Model):
    """One of our own who is asked in one round, because of the order that brought them there."""

    roll_call = models.ForeignKey(RollCall, on_delete=models.PROTECT, related_name="lines")
    round = models.PositiveSmallIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey("command.Order", on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120, blank=True, default="")
    #: The last one given in this round; empty: none yet.
    answer = models.CharField(max_length=10, choices=RollCallAnswer, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    #: The person, or who noted it for them.
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by_link = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["roll_call", "round", "person"], name="each_is_asked_once_in_a_round"
            ),
            models.CheckConstraint(condition=_NOBODY | _SOMEBODY, name="an_answer_to_a_roll_call_names_who"),
        ]
        indexes = [models.Index(fields=["person"], condition=Q(answer=""), name="roll_call_waits_for_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.answer}"

    @property
    def key(self) -> str:
        return key("roll_call_line", self.pk)

    @property
    def is_noted(self) -> bool:
        """By somebody else than the person."""
        return self.answered_by_id not in (None, self.person_id)
