"""What the API's readers share."""

from rest_framework import serializers


class StrictSerializer(serializers.Serializer):
    """Refuses fields nobody asked for: a typing error must not be lost in silence."""

    def to_internal_value(self, data):
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise serializers.ValidationError({name: ["unknown field"] for name in unknown})
        return super().to_internal_value(data)


def validated(serializer_class: type[serializers.Serializer], data) -> dict:
    """The validated data; a 422 problem with the errors by field otherwise."""
    serializer = serializer_class(data=data)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data
