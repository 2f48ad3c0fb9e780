"""What the API answers about destroying what an incident gathered about people."""

from rest_framework import serializers

from command.destruction.choices import DataKind, Ground, ItemState, ItemVerb, Method
from common.api.serializers import Shape


class CertificateItemShape(Shape):
    """One kind of data: destroyed, or kept for a while."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=DataKind.choices)
    title = serializers.CharField()
    count = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ItemState.choices)
    method = serializers.ChoiceField(choices=Method.choices, allow_null=True)
    sha256 = serializers.ListField(
        child=serializers.CharField(), allow_null=True, help_text="Of each recording; null: there is none"
    )
    ground = serializers.ChoiceField(choices=Ground.choices, allow_null=True)
    legal_basis = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    safeguards = serializers.CharField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    settled_by = serializers.CharField(help_text="Name")
    settled_at = serializers.DateTimeField()
    post = serializers.CharField(allow_null=True)
    rev = serializers.IntegerField()


class CertificateShape(Shape):
    """A certificate: what was destroyed and what is kept."""

    number = serializers.CharField()
    closed_at = serializers.DateTimeField()
    issued_at = serializers.DateTimeField()
    issued_by = serializers.CharField(help_text="Name")
    post = serializers.CharField()
    sha256 = serializers.CharField()
    items = CertificateItemShape(many=True)


class GatheredShape(Shape):
    """One kind of data that was gathered."""

    kind = serializers.ChoiceField(choices=DataKind.choices)
    title = serializers.CharField()
    count = serializers.IntegerField()
    only_kept = serializers.BooleanField(help_text="Nothing can destroy it")


class DestructionShape(Shape):
    """What a closed incident gathered about people, and its certificates."""

    asked = serializers.BooleanField(help_text="Whether a certificate is asked for")
    due_at = serializers.DateTimeField(allow_null=True)
    list_code = serializers.CharField(allow_null=True, help_text="To be sent back with what is decided")
    gathered = GatheredShape(many=True)
    certificate = CertificateShape(allow_null=True)
    may = serializers.DictField(
        child=serializers.ListField(child=serializers.ChoiceField(choices=ItemVerb.choices)),
        help_text="Kind → what the caller may do with what is kept of it",
    )
    earlier = CertificateShape(many=True)
