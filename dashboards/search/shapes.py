"""What the API answers about a key."""

from rest_framework import serializers

from common.api.serializers import Shape


class SubjectShape(Shape):
    """A thing that an entry of the journal is about."""

    key = serializers.CharField(help_text='As entries have it: "incident:5"')
    kind = serializers.CharField(help_text='"incident"')
    label = serializers.CharField(help_text="The number or the name; empty for what has none")
    page = serializers.CharField(help_text="Address of its page; empty: it has none of its own")
    api = serializers.CharField(help_text="Address in this API; empty: it has none of its own")
