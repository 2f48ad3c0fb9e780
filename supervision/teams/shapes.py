"""What the API answers about supervision teams."""

from rest_framework import serializers

from common.api.serializers import Shape, page_of
from supervision.teams.choices import TeamState


class TeamMonthShape(Shape):
    """How a team stands with the visits of this month."""

    visits = serializers.IntegerField()
    least_visits = serializers.IntegerField()
    least_villages = serializers.IntegerField()
    due_at = serializers.DateTimeField()
    met_at = serializers.DateTimeField(allow_null=True)


class TeamShape(Shape):
    """A supervision team."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    unit = serializers.CharField(help_text="The unit's code")
    state = serializers.ChoiceField(choices=TeamState.choices)
    leader = serializers.CharField(allow_null=True, help_text="Username")
    members = serializers.ListField(child=serializers.CharField(), help_text="Usernames")
    areas = serializers.ListField(child=serializers.CharField(), help_text="Codes of units")
    month = TeamMonthShape(allow_null=True, help_text="Null: no plan asks for visits")
    set_up_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    may_change = serializers.BooleanField()
    rev = serializers.IntegerField()


TeamsPage = page_of(TeamShape)
