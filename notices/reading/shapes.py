"""What the API answers to a gateway."""

from rest_framework import serializers

from common.api.serializers import Shape


class TakenShape(Shape):
    """The report was taken."""

    received = serializers.BooleanField()
