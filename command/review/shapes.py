"""What the API answers about reviews and follow-ups."""

from rest_framework import serializers

from command.improvements.shapes import ImprovementShape
from command.review.choices import FollowUpState, FollowUpVerb, Kept, KeyTime, Phase, ReviewState, ReviewVerb
from common.api.serializers import Shape


class QuestionShape(Shape):
    """A question in both languages."""

    zh = serializers.CharField()
    en = serializers.CharField()


class ReviewAnswerShape(Shape):
    """A question of the review, and its answer."""

    id = serializers.CharField()
    phase = serializers.ChoiceField(choices=Phase.choices)
    phase_title = serializers.CharField()
    question = QuestionShape()
    cite = serializers.CharField(allow_null=True)
    answer = serializers.CharField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)


class ReviewShape(Shape):
    """The review of an incident."""

    n = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ReviewState.choices)
    course = serializers.CharField()
    good = serializers.CharField()
    lessons = serializers.CharField()
    answers = ReviewAnswerShape(many=True)
    begun_at = serializers.DateTimeField()
    handed_in_at = serializers.DateTimeField(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    approver = serializers.CharField(allow_null=True, help_text="Post")
    reason = serializers.CharField(allow_null=True, help_text="Why it was returned")
    rev = serializers.IntegerField()


class KeyTimeShape(Shape):
    """A moment that an incident is gone through by, and its time limit."""

    which = serializers.ChoiceField(choices=KeyTime.choices)
    title = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    minutes = serializers.IntegerField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    kept = serializers.ChoiceField(choices=Kept.choices)
    limit = serializers.CharField(allow_null=True)
    cite = serializers.CharField(allow_null=True)


class FollowUpShape(Shape):
    """Something that is looked at again by a day."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=FollowUpState.choices)
    what = serializers.CharField()
    due_date = serializers.DateField()
    result = serializers.CharField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    post = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    rev = serializers.IntegerField()


class FollowUpLineShape(FollowUpShape):
    """A follow-up in the list of an incident."""

    may = serializers.ListField(
        child=serializers.ChoiceField(choices=FollowUpVerb.choices),
        help_text="What the caller may do with it",
    )


class FollowUpsShape(Shape):
    """Follow-ups of an incident by their day."""

    results = FollowUpLineShape(many=True)


class ReviewDueShape(Shape):
    """A time limit of the plan that runs since the closing."""

    title = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)
    cite = serializers.CharField(allow_null=True)


class WholeReviewShape(Shape):
    """The last review of an incident with its key times, improvements and follow-ups."""

    review = ReviewShape(allow_null=True, help_text="Null: none was begun")
    may = serializers.ListField(
        child=serializers.ChoiceField(choices=ReviewVerb.choices), help_text="What the caller may do with it"
    )
    times = KeyTimeShape(many=True)
    improvements = ImprovementShape(many=True)
    follow_ups = FollowUpShape(many=True)
    due = ReviewDueShape(many=True)
