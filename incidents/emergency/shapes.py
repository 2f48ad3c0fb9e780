"""What the API answers about emergency access."""

from rest_framework import serializers

from accounts.emergency.choices import Verdict
from common.api.serializers import Shape, page_of


class EmergencyAccessShape(Shape):
    """One person's access past their posts."""

    id = serializers.IntegerField()
    person = serializers.CharField(help_text="Username")
    post = serializers.CharField()
    unit = serializers.CharField(help_text="Code of the unit that was opened")
    asked = serializers.CharField(help_text="Number of the incident, or code of the unit")
    numbers = serializers.ListField(child=serializers.CharField(), help_text="Incidents it opened")
    reason = serializers.CharField(help_text="Empty for who administers accounts")
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(
        allow_null=True, help_text="Before its time; by whom says `ended_by`"
    )
    ended_by = serializers.CharField(allow_null=True, help_text="Username")
    verdict = serializers.ChoiceField(
        choices=Verdict.choices, allow_blank=True, help_text="Empty: not stated yet"
    )
    statement = serializers.CharField()
    reviewed_at = serializers.DateTimeField(allow_null=True)
    reviewed_by = serializers.CharField(allow_null=True, help_text="Username")
    drill = serializers.BooleanField()


EmergencyAccessesPage = page_of(EmergencyAccessShape)
