"""What the API answers about the stock ledger."""

from rest_framework import serializers

from common.api.serializers import Shape, page_of
from resources.materials.choices import Fault, Movement


class TitleShape(Shape):
    """A title in both languages."""

    zh = serializers.CharField()
    en = serializers.CharField()


class MaterialShape(Shape):
    """Something in stock."""

    id = serializers.IntegerField()
    unit = serializers.CharField(help_text="The unit's code")
    name = serializers.CharField()
    measure = serializers.CharField(help_text="What it is counted in")
    kit = serializers.CharField(allow_null=True, help_text="Of a plan")
    kit_item = serializers.CharField(allow_null=True)
    place = serializers.CharField()
    keeper = serializers.CharField(help_text="Username")
    minimum = serializers.IntegerField()
    expires_on = serializers.DateField(allow_null=True)
    on_hand = serializers.IntegerField()
    out = serializers.IntegerField()
    fault = serializers.ChoiceField(choices=Fault.choices, allow_null=True, help_text="Null: it is in order")
    rev = serializers.IntegerField()


class MaterialMovementShape(Shape):
    """A movement in the ledger."""

    verb = serializers.ChoiceField(choices=Movement.choices)
    quantity = serializers.IntegerField()
    on_hand_after = serializers.IntegerField()
    out_after = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.CharField(help_text="Username")
    post = serializers.CharField()
    incident = serializers.CharField(
        allow_null=True, help_text="Its number; null: none, or one the caller may not see"
    )
    squad = serializers.CharField()
    note = serializers.CharField()


class MovementsShape(Shape):
    """The ledger of one item, the newest movement first; 200 at most."""

    results = MaterialMovementShape(many=True)


class WrittenMovementShape(MaterialMovementShape):
    """The movement that was written, and the item after it."""

    material = MaterialShape()


class KitItemShape(Shape):
    """An item of a kit."""

    id = serializers.CharField()
    title = TitleShape()
    fault = serializers.ChoiceField(choices=Fault.choices, allow_null=True)


class KitShape(Shape):
    """A kit of a plan as it stands at a unit."""

    id = serializers.CharField()
    title = TitleShape()
    cite = serializers.CharField()
    checked_at = serializers.DateTimeField(allow_null=True)
    items = KitItemShape(many=True)


class KitsShape(Shape):
    """The kits of the plans that hold for a unit."""

    unit = serializers.CharField(help_text="The unit's code")
    kits = KitShape(many=True)


MaterialsPage = page_of(MaterialShape)
