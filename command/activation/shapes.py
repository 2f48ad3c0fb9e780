"""What the API answers about responses, their command posts, duties and decisions."""

from rest_framework import serializers

from accounts.choices import HeldAs
from command.activation.choices import DecisionKind, DecisionState, ResponseState
from command.obligations.choices import DutyKind, DutyState, NoClock
from common.api.serializers import Shape, page_of
from early_warnings.choices import SignedAs


class ResponseRowShape(Shape):
    """One response in a list."""

    number = serializers.CharField()
    url = serializers.CharField()
    page = serializers.CharField()
    incident = serializers.CharField(help_text="Its number")
    unit = serializers.CharField(help_text="The unit's code")
    plan = serializers.CharField(help_text="ID@VERSION")
    state = serializers.ChoiceField(choices=ResponseState.choices)
    level = serializers.CharField()
    grade = serializers.CharField(allow_null=True)
    matter = serializers.CharField()
    measures = serializers.CharField()
    expected_until = serializers.DateTimeField(allow_null=True)
    proposed_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    drill = serializers.BooleanField()
    rev = serializers.IntegerField()


class MemberShape(Shape):
    """Who sits on a seat or belongs to a squad."""

    username = serializers.CharField()
    name = serializers.CharField()
    post = serializers.CharField()
    held_as = serializers.ChoiceField(choices=HeldAs.choices, allow_blank=True)


class PostSeatShape(Shape):
    """A seat of the command post."""

    id = serializers.CharField()
    part = serializers.CharField()
    role = serializers.CharField()
    members = MemberShape(many=True)
    gap = serializers.CharField(allow_null=True, help_text="What is missing, in a sentence")


class SkillShape(Shape):
    """A skill that a squad needs."""

    id = serializers.CharField()
    name = serializers.CharField()
    held = serializers.BooleanField(help_text="Whether somebody in it has the skill")


class SquadShape(Shape):
    """A squad of the command post."""

    id = serializers.CharField()
    name = serializers.CharField()
    members = MemberShape(many=True)
    skills = SkillShape(many=True)
    gaps = serializers.ListField(child=serializers.CharField())


class PartnerContactShape(Shape):
    """An agency outside, and the telephone of its duty room."""

    name = serializers.CharField()
    phone = serializers.CharField()


class FrontPartnerShape(Shape):
    """A kind of agency that the front group works with."""

    kind = serializers.CharField()
    name = serializers.CharField()
    contacts = PartnerContactShape(many=True)
    gap = serializers.CharField(allow_null=True)


class FrontGroupShape(Shape):
    """The group at the front."""

    seats = PostSeatShape(many=True)
    partners = FrontPartnerShape(many=True)


class CommandPostShape(Shape):
    """The command post as it stands now."""

    headquarters = PostSeatShape(many=True)
    on_site = PostSeatShape(many=True)
    squads = SquadShape(many=True)
    gaps = serializers.ListField(child=serializers.CharField())
    front_group = FrontGroupShape(required=False, help_text="Only where the plan has one")


class ObligationShape(Shape):
    """A duty of a response."""

    id = serializers.IntegerField()
    drill = serializers.BooleanField()
    url = serializers.CharField()
    what = serializers.CharField()
    kind = serializers.ChoiceField(choices=DutyKind.choices)
    state = serializers.ChoiceField(choices=DutyState.choices)
    who = serializers.ListField(child=serializers.CharField(), help_text="Roles, with the people behind them")
    to = serializers.CharField(allow_null=True, help_text="Who has to be told")
    cite = serializers.CharField(allow_null=True)
    owed_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    why_no_clock = serializers.ChoiceField(choices=NoClock.choices, allow_null=True)
    is_late = serializers.BooleanField()
    settled_at = serializers.DateTimeField(allow_null=True)
    settled_by = serializers.CharField(allow_null=True, help_text="Username")
    note = serializers.CharField(allow_null=True)
    told = serializers.CharField(allow_null=True)
    told_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField(allow_null=True)


class DecisionShape(Shape):
    """A decision about a response: asked for, and what became of it."""

    kind = serializers.ChoiceField(choices=DecisionKind.choices)
    state = serializers.ChoiceField(choices=DecisionState.choices)
    level = serializers.CharField()
    grade = serializers.CharField(allow_null=True)
    matter = serializers.CharField()
    measures = serializers.CharField()
    expected_until = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    proposed_at = serializers.DateTimeField()
    proposed_by = serializers.CharField(help_text="Username")
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_by = serializers.CharField(allow_null=True, help_text="Username")
    refusal = serializers.CharField(allow_null=True)
    signed_as = serializers.ChoiceField(choices=SignedAs.choices, allow_null=True)
    signature = serializers.CharField(allow_null=True)


class ResponseShape(ResponseRowShape):
    """One response, whole."""

    next_act = serializers.CharField(help_text="What has to happen next, in a sentence; empty: nothing")
    command_post = CommandPostShape()
    obligations = ObligationShape(many=True)
    decisions = DecisionShape(many=True)


ResponsesPage = page_of(ResponseRowShape)
