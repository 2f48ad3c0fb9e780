"""What the API answers about trainings."""

from rest_framework import serializers

from common.api.serializers import Shape, page_of
from resources.trainings.choices import Audience, TrainingPart


class TrainingShape(Shape):
    """A training, and how many were there."""

    id = serializers.IntegerField()
    unit = serializers.CharField(help_text="The unit's code")
    part = serializers.ChoiceField(choices=TrainingPart.choices)
    audience = serializers.ChoiceField(choices=Audience.choices)
    subject = serializers.CharField()
    held_on = serializers.DateField()
    place = serializers.CharField()
    note = serializers.CharField()
    count = serializers.IntegerField(help_text="How many were there")
    people = serializers.ListField(
        child=serializers.CharField(),
        allow_null=True,
        help_text="Usernames; null: the caller does not keep the record",
    )
    rev = serializers.IntegerField()


TrainingsPage = page_of(TrainingShape)
