"""What the API answers about improvements."""

from rest_framework import serializers

from command.improvements.choices import ImprovementState, ImprovementVerb
from common.api.serializers import Shape, page_of


class ImprovementOwnerShape(Shape):
    """Whose task it is: a post's or a person's."""

    post = serializers.IntegerField(allow_null=True)
    person = serializers.IntegerField(allow_null=True)
    title = serializers.CharField()


class ImprovementShape(Shape):
    """What was learned, as somebody's task by a day."""

    id = serializers.IntegerField()
    about = serializers.CharField(
        allow_null=True, help_text="What it comes from; null: the caller may not see it"
    )
    unit = serializers.CharField(help_text="The unit's code")
    owner = ImprovementOwnerShape()
    text = serializers.CharField()
    due_date = serializers.DateField()
    first_due_date = serializers.DateField()
    date_changes = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ImprovementState.choices)
    overdue = serializers.BooleanField()
    report = serializers.CharField(allow_null=True)
    reported_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    drill = serializers.BooleanField()
    may = serializers.ListField(
        child=serializers.ChoiceField(choices=ImprovementVerb.choices),
        help_text="What the caller may do with it",
    )
    rev = serializers.IntegerField()


class ImprovementListShape(Shape):
    """What was learned from one thing."""

    results = ImprovementShape(many=True)


ImprovementsPage = page_of(ImprovementShape)
