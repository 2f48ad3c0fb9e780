"""What the API answers about the directory."""

from rest_framework import serializers

from common.api.serializers import Shape, page_of
from resources.partners.choices import PartnerKind


class PartnerShape(Shape):
    """A partner agency, with the telephone of its duty room."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=PartnerKind.choices)
    name = serializers.CharField()
    phone = serializers.CharField()
    unit = serializers.CharField(help_text="The unit's code")
    note = serializers.CharField()
    checked_at = serializers.DateTimeField(allow_null=True)
    listed = serializers.BooleanField()
    rev = serializers.IntegerField()


PartnersPage = page_of(PartnerShape)
