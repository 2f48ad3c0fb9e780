"""Test notices: when they go out, to whom, and what came back."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.contacts.choices import Lack
from common.database.paths import PathField
from duty.comms_checks.choices import CheckOutcome, CheckState, Whom
from journal.keys import key
from notices.choices import Channel


class CommsCheckQuerySet(models.QuerySet):
    def visible_to(self, reach):
        return self.filter(reach.filter("readiness.view"))


class CommsCheck(models.Model):
    """A comms check: at this time, these people, on these channels, with so long to answer."""

    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()
    due_at = models.DateTimeField()
    window_minutes = models.PositiveSmallIntegerField(default=10)
    whom = models.CharField(max_length=10, choices=Whom, default=Whom.ON_DUTY)
    channels = models.JSONField(default=list)
    #: Days until the next one like it; 0 = once.
    repeat_days = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=CheckState, default=CheckState.PLANNED)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = CommsCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(window_minutes__gte=1, window_minutes__lte=240),
                name="a_test_lasts_1_to_240_minutes",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[CheckState.RUNNING, CheckState.ENDED])
                | Q(began_at__isnull=False, ends_at__gt=F("began_at")),
                name="a_begun_test_has_its_times",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state=CheckState.PLANNED), name="test_to_begin"),
            models.Index(fields=["ends_at"], condition=Q(state=CheckState.RUNNING), name="test_to_end"),
            models.Index(fields=["unit_path", "-due_at"]),
        ]

    def __str__(self):
        return f"comms check {self.pk} of {self.unit_id}"

    @property
    def key(self) -> str:
        # The journal of before has this word, so it stays.
        return key("reachtest", self.pk)


class CommsCheckAnswer(models.Model):
    """One person on one channel in one comms check."""

    comms_check = models.ForeignKey(CommsCheck, on_delete=models.CASCADE, related_name="answers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=120, blank=True, default="")
    channel = models.CharField(max_length=10, choices=Channel)
    outcome = models.CharField(max_length=10, choices=CheckOutcome, default=CheckOutcome.ASKED)
    #: Why not asked.
    lack = models.CharField(max_length=14, choices=Lack, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comms_check", "person", "channel"], name="one_answer_per_test_and_channel"
            ),
            models.CheckConstraint(
                condition=~Q(outcome=CheckOutcome.NOT_ASKED) | ~Q(lack=""),
                name="who_is_not_asked_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["person", "channel", "-id"])]

    def __str__(self):
        return f"{self.person_id} {self.channel}: {self.outcome}"
