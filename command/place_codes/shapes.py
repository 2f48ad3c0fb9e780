"""What the API answers about codes shown at a place."""

from rest_framework import serializers

from common.api.serializers import Shape


class PlaceCodeShape(Shape):
    """A code that can be typed now."""

    id = serializers.IntegerField()
    place = serializers.CharField()
    code = serializers.CharField(help_text="Digits")
    issued_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    wrong_tries = serializers.IntegerField()


class PlaceCodesShape(Shape):
    """The codes of an incident that can be typed now."""

    drill = serializers.BooleanField()
    results = PlaceCodeShape(many=True)


class ShownPlaceCodeShape(Shape):
    """A code was made; it is read from the list, not from here."""

    drill = serializers.BooleanField()
