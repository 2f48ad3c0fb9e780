"""What the API answers about leader cases."""

from rest_framework import serializers

from cases.demands.choices import Told
from cases.leader_cases.choices import CaseState, CaseVerb
from clocks.serializers import ClockSerializer
from common.api.serializers import Shape, page_of


class ReasonTitleShape(Shape):
    """A trigger in both languages."""

    zh = serializers.CharField()
    en = serializers.CharField()


class CaseReasonShape(Shape):
    """Why a leader should lead it."""

    trigger = serializers.CharField(help_text="Of the plan")
    title = ReasonTitleShape()
    cite = serializers.CharField()
    because = serializers.DictField(help_text="What was found")
    by_hand = serializers.BooleanField()
    note = serializers.CharField()
    at = serializers.DateTimeField()


class LeaderCaseRowShape(Shape):
    """One leader case in a list."""

    number = serializers.CharField()
    point = serializers.CharField()
    state = serializers.ChoiceField(choices=CaseState.choices)
    unit = serializers.CharField(help_text="The unit's code")
    leader_post = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)
    due_date = serializers.DateField(allow_null=True)
    reasons = CaseReasonShape(many=True)
    proposed_at = serializers.DateTimeField()
    href = serializers.CharField()


class LeaderCaseShape(LeaderCaseRowShape):
    """A case with its reasons, its plan, its clocks and what may be done with it."""

    matter = serializers.CharField(allow_null=True, help_text="Its number")
    incident = serializers.CharField(allow_null=True, help_text="Its number")
    demands = serializers.ListField(child=serializers.CharField(), help_text="Numbers")
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    leader = serializers.CharField(allow_null=True, help_text="Username")
    team = serializers.CharField()
    support_units = serializers.ListField(child=serializers.CharField(), help_text="Codes")
    measures = serializers.CharField()
    quality = serializers.CharField()
    investigate = serializers.CharField()
    handle = serializers.CharField()
    settle = serializers.CharField()
    started_at = serializers.DateTimeField(allow_null=True)
    report = serializers.CharField()
    reported_at = serializers.DateTimeField(allow_null=True)
    checked_at = serializers.DateTimeField(allow_null=True)
    told_at = serializers.DateTimeField(allow_null=True)
    told_how = serializers.ChoiceField(choices=Told.choices, allow_null=True)
    reply_number = serializers.CharField()
    closed_at = serializers.DateTimeField(allow_null=True)
    clocks = ClockSerializer(many=True)
    verbs = serializers.ListField(
        child=serializers.ChoiceField(choices=CaseVerb.choices), help_text="What its state allows"
    )


LeaderCasesPage = page_of(LeaderCaseRowShape)
