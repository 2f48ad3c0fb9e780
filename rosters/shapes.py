"""What the API answers about rosters, duties and swaps."""

from rest_framework import serializers

from accounts.choices import PostKind
from common.api.serializers import Shape
from rosters.choices import FindingCode, RosterState, SwapState

#: By what somebody is on duty: the roster, in place of who is rostered, or as the post's holder where nobody is.
BY = ("roster", "stand_in", "post")


def _named_from(fields: dict) -> dict:
    """`from` cannot be the name of an attribute."""
    return {**fields, "from": serializers.DateTimeField()}


class DutyShape(Shape):
    """A duty: a post, and who has it from when to when."""

    id = serializers.IntegerField()
    post = serializers.CharField()
    tier = serializers.ChoiceField(choices=PostKind.choices, help_text="Kind of post")
    squad = serializers.CharField()
    username = serializers.CharField()
    name = serializers.CharField()
    stand_in = serializers.CharField(allow_null=True, help_text="Username of who came instead")
    to = serializers.DateTimeField()
    night = serializers.BooleanField()
    off_day = serializers.BooleanField()
    confirmed_at = serializers.DateTimeField(allow_null=True)

    def get_fields(self):
        return _named_from(super().get_fields())


class MonthShape(Shape):
    """The published duties of a unit in a month."""

    unit = serializers.CharField(help_text="The unit's code")
    month = serializers.CharField(help_text="YYYY-MM")
    shifts = DutyShape(many=True)


class ChangedDutiesShape(Shape):
    """The duties that a change made."""

    shifts = DutyShape(many=True)


class FindingShape(Shape):
    """What is wrong with a roster."""

    code = serializers.ChoiceField(choices=FindingCode.choices)
    post = serializers.CharField(help_text="Empty: it is about no post")
    person = serializers.CharField(help_text="Username; empty: it is about nobody")
    to = serializers.DateTimeField()
    missing = serializers.IntegerField(help_text="How many, of a gap")
    why = serializers.CharField(help_text="Why somebody cannot be reached")

    def get_fields(self):
        return _named_from(super().get_fields())


class RosterShape(Shape):
    """A roster as it was drafted or published, with what is wrong with it."""

    id = serializers.IntegerField()
    unit = serializers.CharField(help_text="The unit's code")
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    state = serializers.ChoiceField(choices=RosterState.choices)
    published_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(help_text="Why it was published with findings")
    rev = serializers.IntegerField()
    findings = FindingShape(many=True)
    shifts = DutyShape(many=True)


class SwapShape(Shape):
    """A duty that is offered to somebody else."""

    id = serializers.IntegerField()
    shift = serializers.IntegerField()
    post = serializers.CharField()
    to = serializers.DateTimeField()
    in_return = serializers.IntegerField(allow_null=True, help_text="The duty that is given for it")
    proposed_by = serializers.CharField(help_text="Username")
    other = serializers.CharField(help_text="Username")
    state = serializers.ChoiceField(choices=SwapState.choices)
    reason = serializers.CharField()

    def get_fields(self):
        return _named_from(super().get_fields())


class SwapsShape(Shape):
    """Open swaps."""

    results = SwapShape(many=True)


class OnDutyShape(Shape):
    """Who answers for a post at a moment."""

    unit = serializers.CharField(help_text="The unit's code")
    post = serializers.CharField()
    tier = serializers.ChoiceField(choices=PostKind.choices, help_text="Kind of post")
    squad = serializers.CharField()
    username = serializers.CharField()
    name = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True)
    by = serializers.ChoiceField(choices=BY)
    confirmed_at = serializers.DateTimeField(allow_null=True)


class OnDutyAtShape(Shape):
    """Who is on duty in a unit at a moment."""

    unit = serializers.CharField(help_text="The unit's code")
    at = serializers.DateTimeField()
    on_duty = OnDutyShape(many=True)
