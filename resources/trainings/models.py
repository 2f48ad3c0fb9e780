"""A training that was held, and who was there. There is no column for a result, on purpose."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.database.paths import PathField
from journal.keys import key
from resources.trainings.choices import Audience, TrainingPart
from resources.visibility import near


class TrainingQuerySet(models.QuerySet):
    def visible_to(self, reach):
        return self.filter(near(reach))


class Training(models.Model):
    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="trainings")
    unit_path = PathField()
    part = models.CharField(max_length=10, choices=TrainingPart)
    audience = models.CharField(max_length=10, choices=Audience)
    subject = models.CharField(max_length=120)
    held_on = models.DateField()
    place = models.CharField(max_length=120, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rev = models.PositiveIntegerField(default=1)

    objects = TrainingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(subject=""), name="a_training_is_about_something"),
        ]
        indexes = [models.Index(fields=["unit_path", "-held_on"])]

    def __str__(self):
        return self.subject

    @property
    def key(self) -> str:
        return key("training", self.pk)


class Attendance(models.Model):
    """Somebody of our own staff was there."""

    training = models.ForeignKey(Training, on_delete=models.PROTECT, related_name="attendances")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="trainings")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["training", "person"], name="one_attendance_per_training")
        ]

    def __str__(self):
        return f"{self.training_id} {self.person_id}"
