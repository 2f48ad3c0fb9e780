"""What evaluators wrote down. Appended, never edited: of an objective rated twice the last rating counts."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from drills.choices import Grade
from drills.conduct.models import Drill


class Remark(models.Model):
    """What an evaluator saw, of one inject or of the whole."""

    drill = models.ForeignKey(Drill, on_delete=models.PROTECT, related_name="remarks")
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    text = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_remark_says_something")]

    def __str__(self):
        return f"{self.drill_id}: {self.text}"


class Rating(models.Model):
    """How an objective of the scenario was met."""

    drill = models.ForeignKey(Drill, on_delete=models.PROTECT, related_name="ratings")
    objective = models.CharField(max_length=10)
    grade = models.CharField(max_length=10, choices=Grade)
    text = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(grade=Grade.PERFORMED) | ~Q(text=""), name="a_challenge_is_named"
            )
        ]

    def __str__(self):
        return f"{self.drill_id}/{self.objective} {self.grade}"
