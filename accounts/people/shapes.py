"""Shapes of people, posts and units in the HTTP API. A telephone number is in none of them: who was shown one is on
record, and that is what the page is for."""

from rest_framework import serializers

from accounts.choices import HeldAs, PostKind, Tier
from accounts.models import Unit
from common.api.serializers import Shape, page_of


class UnitShape(Shape, serializers.ModelSerializer):
    """An organ in the tree. Its code is what other calls name it by, and may change hands."""

    parent = serializers.CharField(
        source="parent.code", default=None, allow_null=True, help_text="Code of the unit above; null on top"
    )

    class Meta:
        model = Unit
        fields = ["code", "name", "name_en", "tier", "parent"]
        read_only_fields = fields


class PostHeldShape(Shape):
    """A post that the caller holds now."""

    unit = serializers.CharField(source="unit_code", help_text="The unit's code")
    unit_name = serializers.CharField()
    tier = serializers.ChoiceField(choices=Tier.choices, source="unit_tier")
    kind = serializers.ChoiceField(choices=PostKind.choices)
    title = serializers.CharField()
    squad = serializers.CharField(help_text="Which squad, for a post in one; else empty")
    held_as = serializers.ChoiceField(choices=HeldAs.choices)


class MeShape(Shape):
    """Whose token or session it is, and what it may."""

    username = serializers.CharField()
    name = serializers.CharField()
    language = serializers.CharField()
    posts = PostHeldShape(many=True)
    verbs = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="What the posts carry → codes of the outermost units over which they carry it",
    )


class HolderShape(Shape):
    username = serializers.CharField(source="person.username")
    name = serializers.CharField(source="person.name")
    held_as = serializers.ChoiceField(choices=HeldAs.choices)


class PostShape(Shape):
    """A post and who holds it now; a vacant one has nobody."""

    unit = serializers.CharField(source="unit.code", help_text="The unit's code")
    kind = serializers.ChoiceField(choices=PostKind.choices)
    title = serializers.CharField()
    squad = serializers.CharField()
    people = HolderShape(source="held", many=True)


UnitsPage = page_of(UnitShape)
PostsPage = page_of(PostShape)
