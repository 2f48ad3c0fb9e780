"""What the API answers about recusals."""

from rest_framework import serializers

from accounts.exclusions.choices import Ground
from common.api.serializers import Shape, page_of


class RecusalShape(Shape):
    """Somebody who is kept from one thing, or a unit."""

    id = serializers.IntegerField()
    number = serializers.CharField(help_text="Of what they are kept from")
    ground = serializers.ChoiceField(choices=Ground.choices)
    person = serializers.CharField(allow_null=True, help_text="Username")
    unit = serializers.CharField(allow_null=True, help_text="The unit's code")
    reason = serializers.CharField()
    passed_to = serializers.CharField(help_text="Who does it instead; empty: nobody was named")
    since = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


RecusalsPage = page_of(RecusalShape)
