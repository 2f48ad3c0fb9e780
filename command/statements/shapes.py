"""What the API answers about official statements and the three firsts."""

from rest_framework import serializers

from command.statements.choices import First, FirstState, StatementState, StatementVerb
from common.api.serializers import Shape


class StatementShape(Shape):
    """An official statement."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=StatementState.choices)
    text = serializers.CharField()
    drafted_at = serializers.DateTimeField()
    approved_at = serializers.DateTimeField(allow_null=True)
    approver = serializers.CharField(allow_null=True, help_text="Post")
    place = serializers.CharField(allow_null=True, help_text="Where it was released")
    released_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_null=True)


class StatementOfIncidentShape(StatementShape):
    """A statement by itself."""

    drill = serializers.BooleanField()


class StatementLineShape(StatementShape):
    """A statement in the list of an incident."""

    may = serializers.ListField(
        child=serializers.ChoiceField(choices=StatementVerb.choices),
        help_text="What the caller may do with it",
    )


class FirstShape(Shape):
    """One of the three firsts."""

    first = serializers.ChoiceField(choices=First.choices)
    title = serializers.CharField()
    since = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True, help_text="Null: no time limit runs")
    state = serializers.ChoiceField(choices=FirstState.choices)
    minutes = serializers.IntegerField(help_text="From `since` until it happened, or until now")
    cite = serializers.CharField(allow_null=True)


class StatementsShape(Shape):
    """Official statements of an incident and its three firsts."""

    drill = serializers.BooleanField()
    results = StatementLineShape(many=True)
    firsts = FirstShape(many=True)
