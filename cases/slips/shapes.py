"""What the API answers about the slip's code."""

from rest_framework import serializers

from common.api.serializers import Shape


class SlipCodeShape(Shape):
    """A new code, shown this once."""

    code = serializers.CharField()
    address = serializers.CharField(help_text="Of the public page that it opens")


class RevokedSlipShape(Shape):
    """How many codes open nothing any more."""

    revoked = serializers.IntegerField()
