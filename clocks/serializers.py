"""Clocks as the API gives them."""

from rest_framework import serializers

from clocks.models import Clock


class ClockSerializer(serializers.ModelSerializer):
    """`id` is the plan's own name of the clock; the same clock of another subject has the same one."""

    id = serializers.CharField(source="clock_id")
    state = serializers.SerializerMethodField()
    citation = serializers.CharField(source="cite")

    class Meta:
        model = Clock
        fields = [
            "id",
            "title",
            "subject",
            "thread",
            "generation",
            "plan",
            "role",
            "duration",
            "started_at",
            "due_at",
            "provisional",
            "extended",
            "paused_at",
            "stopped_at",
            "state",
            "citation",
            "origin",
            "drill",
        ]
        read_only_fields = fields

    def get_state(self, clock: Clock) -> str:
        return clock.state(self.context["now"])
