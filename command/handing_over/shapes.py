"""What the API answers about what was handed over to other agencies."""

from rest_framework import serializers

from command.handing_over.choices import HandingState
from command.linkage.choices import Way
from common.api.serializers import Shape
from resources.partners.choices import PartnerKind


class HandedOverShape(Shape):
    """Something that was handed over to another agency."""

    id = serializers.IntegerField()
    partner = serializers.IntegerField(allow_null=True, help_text="Null: it is not in the directory")
    agency_kind = serializers.ChoiceField(choices=PartnerKind.choices)
    agency = serializers.CharField()
    what = serializers.CharField()
    to_whom = serializers.CharField()
    way = serializers.ChoiceField(choices=Way.choices)
    handed_at = serializers.DateTimeField()
    post = serializers.CharField()
    state = serializers.ChoiceField(choices=HandingState.choices)
    answer = serializers.CharField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)


class HandedOverOfIncidentShape(HandedOverShape):
    """It by itself."""

    drill = serializers.BooleanField()


class HandedOverListShape(Shape):
    """What was handed over to other agencies."""

    drill = serializers.BooleanField()
    results = HandedOverShape(many=True)
