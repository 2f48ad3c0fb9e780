"""What the API answers about matters."""

from rest_framework import serializers

from common.api.serializers import Shape


class MajorKindShape(Shape):
    """A kind of major or difficult disputes, as the plan has it."""

    id = serializers.CharField()
    zh = serializers.CharField()
    en = serializers.CharField()
    cite = serializers.CharField()


class AcceptedMatterShape(Shape):
    """A matter that was taken as a major or difficult dispute."""

    number = serializers.CharField()
    accepted_at = serializers.DateTimeField()
    kinds = MajorKindShape(many=True)
