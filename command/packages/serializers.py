"""A package as the API says it."""

from django.utils.translation import get_language
from rest_framework import serializers

from command.packages.models import Package
from command.packages.queries import Ready, in_words
from command.packages.rules import SentLine
from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiMomentField


class SentOrderSerializer(StrictSerializer):
    to = serializers.CharField(max_length=100)
    task = serializers.CharField(max_length=300)
    arrive_by = ApiMomentField(required=False, allow_null=True, default=None)
    id = serializers.CharField(max_length=60, required=False, default="")


class LeftOutSerializer(StrictSerializer):
    id = serializers.CharField(max_length=60)
    reason = serializers.CharField(max_length=300)


class NewPackageSerializer(StrictSerializer):
    """`orders` without an `id` are the plan's for the same recipient, or added."""

    level = serializers.CharField(max_length=20)
    orders = SentOrderSerializer(many=True, max_length=100)
    left_out = LeftOutSerializer(many=True, required=False, default=list, max_length=100)

    def to_internal_value(self, data):
        given = super().to_internal_value(data)
        return {
            "level": given["level"],
            "lines": [
                SentLine(one["to"], one["task"], one["arrive_by"], one["id"]) for one in given["orders"]
            ],
            "left_out": {one["id"]: one["reason"] for one in given["left_out"]},
        }


def preview(found: Ready, *, drill: bool) -> dict:
    return {
        "level": found.level,
        "drill": drill,
        "orders": [
            {
                "id": one.line.id,
                "to": one.to or None,
                "who": in_words(one.who),
                "people": list(one.people),
                "task": in_words(one.line.words),
                "arrive_by": one.arrive_by,
                "level": one.line.level,
                "cite": one.line.cite or None,
                "obstacle": one.obstacle or None,
            }
            for one in found.orders
        ],
        "checklists": [{"id": one.id, "name": in_words(one.words)} for one in found.checklists],
        "materials": [
            {
                "id": one.line.id,
                "bring": [thing.in_language(get_language()) for thing in one.line.brings],
                "kit": one.line.kit or None,
                "missing": [in_words(item.item.words) for item in one.missing],
            }
            for one in found.orders
            if one.line.brings or one.line.kit
        ],
    }


def summary(package: Package, notices: int) -> dict:
    """What an issue answers: the numbers of the orders and how many notices are on their way."""
    lines = list(package.lines.all())
    return {
        "level": package.level,
        "issued_at": package.issued_at,
        "orders": [line.order.number for line in lines if line.order],
        "checklists": [line.item for line in lines if line.kind == "checklist" and not line.left_out],
        "left_out": [{"id": line.item, "reason": line.left_out} for line in lines if line.left_out],
        "notices": notices,
    }
