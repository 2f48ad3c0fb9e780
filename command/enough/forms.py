"""Is this input well formed?"""

from rest_framework import serializers

from command.orders.forms import MOST_CALLED
from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiMomentField


class SeveralSerializer(StrictSerializer):
    to = serializers.ListField(
        child=serializers.CharField(max_length=200), min_length=2, max_length=MOST_CALLED
    )
    enough = serializers.IntegerField(
        min_value=1, max_value=MOST_CALLED, required=False, allow_null=True, default=None
    )
    task = serializers.CharField(max_length=300)
    checklist = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    arrive_by = ApiMomentField(required=False, allow_null=True, default=None)
