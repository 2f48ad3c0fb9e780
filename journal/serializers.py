"""Shapes of the journal in the HTTP API."""

from rest_framework import serializers

#: The largest journal number a database can hold, and the longest answer.
LARGEST = 2**63 - 1
MOST = 500


class JournalQuery(serializers.Serializer):
    """What may stand behind the question mark."""

    after = serializers.IntegerField(min_value=0, max_value=LARGEST, default=0)
    #: More than MOST is answered with MOST.
    limit = serializers.IntegerField(min_value=1, default=100)

    def validate_limit(self, limit: int) -> int:
        return min(limit, MOST)


class EntrySerializer(serializers.Serializer):
    """An entry without its content: that is read from the thing itself, under the caller's rights."""

    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    kind = serializers.CharField()
    subject = serializers.CharField()
    thread = serializers.CharField()
    unit = serializers.SerializerMethodField()
    level = serializers.CharField()
    actor = serializers.SerializerMethodField()
    post = serializers.CharField()
    drill = serializers.BooleanField()

    def get_unit(self, entry) -> str:
        """The unit's code, empty for what belongs to no unit."""
        return entry.unit.code if entry.unit else ""

    def get_actor(self, entry) -> str | None:
        """The name as it was at the time; null for the system itself."""
        return entry.actor_name or None


class JournalPage(serializers.Serializer):
    entries = EntrySerializer(many=True)
    #: Everything up to this number is answered, visible or not: the `after` of the next call.
    last = serializers.IntegerField()
    #: Whether more is waiting after `last` at this moment.
    more = serializers.BooleanField()
    #: Whether `after` lies beyond the journal (restored from a backup): begin again.
    reload = serializers.BooleanField()
