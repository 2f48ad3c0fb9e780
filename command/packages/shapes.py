"""What the API answers about packages."""

from rest_framework import serializers

from common.api.serializers import Shape


class LeftOutShape(Shape):
    """A line of the plan that did not go out, and why."""

    id = serializers.CharField()
    reason = serializers.CharField()


class PackageShape(Shape):
    """A package that went out."""

    level = serializers.CharField()
    issued_at = serializers.DateTimeField()
    orders = serializers.ListField(child=serializers.CharField(), help_text="Numbers")
    checklists = serializers.ListField(child=serializers.CharField())
    left_out = LeftOutShape(many=True)
    notices = serializers.IntegerField(help_text="How many notices its orders have sent")


class IssuedPackageShape(PackageShape):
    """The package that has just gone out."""

    drill = serializers.BooleanField()


class PackagesShape(Shape):
    """What went out for a response."""

    drill = serializers.BooleanField()
    results = PackageShape(many=True)


class PreparedOrderShape(Shape):
    """An order that the plan has prepared."""

    id = serializers.CharField()
    to = serializers.CharField(allow_null=True, help_text="Null: nobody is found for it")
    who = serializers.CharField()
    people = serializers.ListField(child=serializers.CharField(), help_text="Who would read it")
    task = serializers.CharField()
    arrive_by = serializers.DateTimeField(allow_null=True)
    level = serializers.CharField()
    cite = serializers.CharField(allow_null=True)
    obstacle = serializers.CharField(allow_null=True, help_text="What stands in its way")


class PreparedChecklistShape(Shape):
    """A checklist that the plan has prepared."""

    id = serializers.CharField()
    name = serializers.CharField()


class PreparedMaterialShape(Shape):
    """What an order asks to bring along."""

    id = serializers.CharField(help_text="The order's")
    bring = serializers.ListField(child=serializers.CharField())
    kit = serializers.CharField(allow_null=True)
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="What the stores lack of the kit"
    )


class PreparedPackageShape(Shape):
    """What the plan has prepared for a level and has not gone out yet."""

    level = serializers.CharField()
    drill = serializers.BooleanField()
    orders = PreparedOrderShape(many=True)
    checklists = PreparedChecklistShape(many=True)
    materials = PreparedMaterialShape(many=True)
