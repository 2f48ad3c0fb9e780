"""What the API answers about the index of evidence."""

from rest_framework import serializers

from common.api.serializers import Shape


class CustodyShape(Shape):
    """Who keeps an item, from when on."""

    number = serializers.IntegerField()
    custodian = serializers.CharField(help_text="Post or unit")
    place = serializers.CharField()
    reason = serializers.CharField(allow_null=True)
    since = serializers.DateTimeField()


class EvidenceItemShape(Shape):
    """An item of the index, with its chain of custody."""

    id = serializers.IntegerField()
    what = serializers.CharField()
    sha256 = serializers.CharField(allow_null=True)
    collected_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    post = serializers.CharField()
    custody = CustodyShape(many=True)


class EvidenceShape(Shape):
    """The index of an incident's evidence."""

    drill = serializers.BooleanField()
    results = EvidenceItemShape(many=True)
