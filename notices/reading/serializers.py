"""Notices as the API gives and takes them."""

from uuid import UUID

from rest_framework import serializers

from common.dates.date_fields import ApiMomentField
from notices.choices import Answer
from notices.incoming.gateway_events import EVENTS
from notices.models import Notice


class NoticeSerializer(serializers.ModelSerializer):
    """`reason` is the purpose, e.g. "warning.signed"; a telephone number is never part of it."""

    recipient = serializers.CharField(source="recipient.username")
    name = serializers.CharField(source="recipient.name")
    reason = serializers.CharField(source="purpose")
    answer = serializers.ChoiceField(choices=[("", ""), *Answer.choices], help_text="Empty: none was given")

    class Meta:
        model = Notice
        fields = [
            "id",
            "recipient",
            "name",
            "post",
            "channel",
            "state",
            "reason",
            "subject",
            "thread",
            "text",
            "priority",
            "drill",
            "attempts",
            "last_error",
            "queued_at",
            "sent_at",
            "delivered_at",
            "heard_at",
            "acknowledged_at",
            "escalated_at",
            "answer",
            "wording",
        ]
        read_only_fields = fields


class AnswerSerializer(serializers.Serializer):
    """Whether the recipient comes; empty: confirmed, no more."""

    answer = serializers.ChoiceField(choices=Answer.choices, required=False, allow_blank=True, default="")


class GatewayEventSerializer(serializers.Serializer):
    """A delivery report or reply. The provider may add fields of its own; they are left aside."""

    id = serializers.CharField(max_length=120)
    event = serializers.ChoiceField(choices=EVENTS)
    reply = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    at = ApiMomentField()
    #: Our `reference`, where the gateway repeats it: then it matters not which gateway gave the id.
    reference = serializers.JSONField(required=False, allow_null=True, default=None)

    def validate_reference(self, given):
        """None of ours: then the id has to do."""
        try:
            return UUID(given)
        except (ValueError, TypeError, AttributeError):
            return None
