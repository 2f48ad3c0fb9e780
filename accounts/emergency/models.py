"""One person, past their posts, to what an incident or a unit has open: for a time, with a reason."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.emergency.choices import Verdict
from common.database.paths import PathField


class EmergencyQuerySet(models.QuerySet):
    def standing(self, now):
        """Those that hold at `now`. Time alone ends one: nothing has to run for it."""
        return self.filter(ended_at=None, until__gt=now)


class EmergencyAccess(models.Model):
    """A row for each time; it stays after it has ended, with what the auditor found of it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="emergency_accesses"
    )
    post = models.CharField(max_length=120)
    #: Where that post stands: its auditors look at it too.
    post_path = PathField()
    #: What was asked for: the number of an incident, or the code of a unit.
    asked = models.CharField(max_length=60)
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = PathField()
    reason = models.CharField(max_length=250)
    #: "password" or "totp": how it was proved who asks.
    credential = models.CharField(max_length=10)
    since = models.DateTimeField()
    until = models.DateTimeField()
    drill = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    verdict = models.CharField(max_length=16, choices=Verdict, blank=True, default="")
    statement = models.CharField(max_length=500, blank=True, default="")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = EmergencyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="an_emergency_access_has_a_reason"),
            models.CheckConstraint(
                condition=Q(until__gt=F("since")), name="an_emergency_access_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__gte=F("since"), ended_by__isnull=False),
                name="who_ended_an_emergency_access_is_known",
            ),
            models.CheckConstraint(
                condition=Q(verdict="", statement="", reviewed_at__isnull=True, reviewed_by__isnull=True)
                | Q(verdict__in=Verdict.values, reviewed_at__isnull=False, reviewed_by__isnull=False)
                & ~Q(statement="")
                & ~Q(reviewed_by=F("person")),
                name="another_person_states_about_an_emergency_access",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "until"], condition=Q(ended_at=None), name="emergency_standing"),
            models.Index(fields=["-since"], name="emergency_newest"),
        ]

    def __str__(self):
        return f"{self.person_id} {self.asked}"

    def is_standing(self, now) -> bool:
        return self.ended_at is None and now < self.until


class OpenedThing(models.Model):
    """What one access opens, by its journal key ("incident:5") and the number people know it by."""

    access = models.ForeignKey(EmergencyAccess, on_delete=models.PROTECT, related_name="things")
    subject = models.CharField(max_length=60)
    number = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["access", "subject"], name="one_row_for_what_is_opened")
        ]

    def __str__(self):
        return f"{self.access_id} {self.subject}"
