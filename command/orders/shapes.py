"""What the API answers about orders."""

from rest_framework import serializers

from command.orders.choices import OrderState
from common.api.serializers import Shape


class OrderStepShape(Shape):
    """One step of an order."""

    state = serializers.ChoiceField(choices=OrderState.choices)
    at = serializers.DateTimeField()
    by = serializers.CharField(help_text="Username")
    post = serializers.CharField()
    on_behalf = serializers.BooleanField()
    by_link = serializers.BooleanField()
    place = serializers.CharField()
    note = serializers.CharField()


class OrderShape(Shape):
    """An order with its steps."""

    number = serializers.CharField()
    url = serializers.CharField()
    incident = serializers.CharField(help_text="Its number")
    to = serializers.CharField(
        help_text="unit:CODE, squad:ID@CODE, person:USERNAME, role:POST@CODE or duty:CODE"
    )
    task = serializers.CharField()
    checklist = serializers.ListField(child=serializers.CharField())
    state = serializers.ChoiceField(choices=OrderState.choices)
    issued_at = serializers.DateTimeField()
    arrive_by = serializers.DateTimeField(allow_null=True)
    drill = serializers.BooleanField()
    rev = serializers.IntegerField()
    steps = OrderStepShape(many=True)


class OrderListShape(Shape):
    """Orders, the newest first; 200 at most."""

    results = OrderShape(many=True)


class OrdersShape(Shape):
    """Orders that were issued together."""

    orders = OrderShape(many=True)


class CallShape(OrdersShape):
    """A call to several, with its orders."""

    call = serializers.IntegerField(help_text="What the call is known by")


class OrderPreviewShape(Shape):
    """An order that would go out."""

    to = serializers.CharField()
    label = serializers.CharField()
    people = serializers.ListField(child=serializers.CharField(), help_text="Who would read it")
    obstacle = serializers.CharField(help_text="What stands in its way; empty: nothing")


class OrderPreviewsShape(Shape):
    """What would go out; nothing has."""

    orders = OrderPreviewShape(many=True)


class RevokedShape(Shape):
    """How many open links were made useless."""

    revoked = serializers.IntegerField()
