"""What the API answers about supervision visits."""

from rest_framework import serializers

from cases.official_forms.choices import FormState
from common.api.serializers import Shape, page_of
from supervision.visits.choices import LookedAt, VisitState, VisitVerb


class VisitTeamShape(Shape):
    """Which team it was."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    unit = serializers.CharField(help_text="The unit's code")


class VisitFormShape(Shape):
    """The record form of the visit."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=FormState.choices)
    due_at = serializers.DateTimeField(allow_null=True)
    sent_at = serializers.DateTimeField(allow_null=True)


class VisitShape(Shape):
    """A supervision visit."""

    number = serializers.CharField()
    team = VisitTeamShape()
    unit = serializers.CharField(help_text="The unit's code")
    visited_on = serializers.DateField()
    villages = serializers.IntegerField(help_text="How many were visited")
    came = serializers.CharField(help_text="Who came, by post")
    topics = serializers.ListField(child=serializers.ChoiceField(choices=LookedAt.choices))
    looked_at = serializers.CharField()
    found = serializers.CharField()
    said = serializers.CharField()
    responsible = serializers.CharField(help_text="Post")
    state = serializers.ChoiceField(choices=VisitState.choices)
    recorded_at = serializers.DateTimeField()
    form = VisitFormShape()
    read_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    may = serializers.ListField(
        child=serializers.ChoiceField(choices=VisitVerb.choices), help_text="What the caller may do with it"
    )
    rev = serializers.IntegerField()


VisitsPage = page_of(VisitShape)
