"""What the API answers about a unit's own templates of orders."""

from rest_framework import serializers

from common.api.serializers import Shape, page_of


class OwnTemplateShape(Shape):
    """A template of an order that a unit keeps itself."""

    id = serializers.IntegerField()
    unit = serializers.CharField(help_text="The unit's code")
    name = serializers.CharField()
    task = serializers.CharField()
    checklist = serializers.ListField(child=serializers.CharField())
    minutes = serializers.IntegerField(
        allow_null=True, help_text="To be there within; null: the plan's own time"
    )
    squad = serializers.CharField(help_text="Kind of squad; empty: any recipient")
    offered = serializers.BooleanField()
    rev = serializers.IntegerField()


OwnTemplatesPage = page_of(OwnTemplateShape)
