"""Is what came over the API well formed, and what goes back?"""

from django.urls import reverse
from rest_framework import serializers

from command.orders.choices import TargetKind
from command.orders.targets import target_of
from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiMomentField


class NewOrderSerializer(StrictSerializer):
    incident = serializers.CharField(max_length=60)
    to = serializers.CharField(max_length=200)
    task = serializers.CharField(max_length=300)
    checklist = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    arrive_by = ApiMomentField(required=False, allow_null=True, default=None)


class BulkOrderSerializer(NewOrderSerializer):
    """`preview`: says who would get one, and changes nothing."""

    to = serializers.ListField(child=serializers.CharField(max_length=200), min_length=1, max_length=100)
    preview = serializers.BooleanField(required=False, default=False)


class StepSerializer(StrictSerializer):
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


def detail(order) -> dict:
    return {
        "number": order.number,
        "url": reverse("api:order", args=[order.number]),
        "incident": order.incident.number,
        "to": target(order),
        "task": order.task,
        "checklist": order.checklist_lines,
        "state": order.state,
        "issued_at": order.issued_at,
        "arrive_by": order.arrive_by,
        "drill": order.drill,
        "rev": order.rev,
        "steps": [
            {
                "state": step.state,
                "at": step.at,
                "by": step.by.username,
                "post": step.post,
                "on_behalf": step.on_behalf,
                "by_link": step.by_link,
                "place": step.place,
                "note": step.note,
            }
            for step in order.steps.all()
        ],
    }


def target(order) -> str:
    """The recipient as the API writes it: unit:CODE, squad:ID@CODE, person:USERNAME, role:POST@CODE or duty:CODE."""
    if order.target_kind in (TargetKind.ROLE, TargetKind.DUTY):
        return str(target_of(order))
    if order.target_person_id:
        return TargetKind.PERSON.named(order.target_person.username)
    code = order.target_unit.code
    if order.target_squad:
        return TargetKind.SQUAD.named(f"{order.target_squad}@{code}")
    return TargetKind.UNIT.named(code)
