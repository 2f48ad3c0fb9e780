"""What the API answers about long works."""

from rest_framework import serializers

from common.api.serializers import Shape, page_of
from works.choices import ERRORS, WorkState


class WorkShape(Shape):
    """A long work, and how far it is."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    label = serializers.CharField(help_text="What it is, in the caller's language")
    about = serializers.CharField(help_text="What this one is about, as an incident's number")
    is_nightly = serializers.BooleanField(
        help_text="Nobody asked for it; shown to who keeps the system or the journal"
    )
    state = serializers.ChoiceField(choices=WorkState.choices)
    text = serializers.CharField(help_text="What it does, what came of it, or why it was not done")
    error = serializers.ChoiceField(choices=[("", ""), *ERRORS.items()], help_text="Empty: none")
    done = serializers.IntegerField(help_text="Of `total` steps")
    total = serializers.IntegerField(allow_null=True, help_text="Null: not known")
    attempts = serializers.IntegerField(
        help_text="How often it was begun; it begins anew where its process ended"
    )
    asked_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    stop_asked_at = serializers.DateTimeField(
        allow_null=True, help_text="Taken back; one under way ends at its next step"
    )
    may_cancel = serializers.BooleanField()
    file = serializers.CharField(
        allow_null=True, help_text="Address of what came of it; null: nothing to fetch"
    )
    file_name = serializers.CharField(allow_null=True)
    page = serializers.CharField(allow_null=True, help_text="Address of the page that shows what came of it")


WorksPage = page_of(WorkShape)
