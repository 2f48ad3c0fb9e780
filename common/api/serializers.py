"""What the API's readers share."""

from functools import cache
from typing import Any

from rest_framework import serializers


class StrictSerializer(serializers.Serializer):
    """Refuses fields nobody asked for: a typing error must not be lost in silence."""

    def to_internal_value(self, data):
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise serializers.ValidationError({name: ["unknown field"] for name in unknown})
        return super().to_internal_value(data)


class Shape(serializers.Serializer):
    """What an answer looks like, for the description: nothing is read with it. Answers are put together as plain
    values, because making serializers for each row costs more than reading it; every answer of the test suite is held
    against its shape (tests/described.py), so that the two cannot part."""


def page_of(shape: type[serializers.Serializer]) -> type[Shape]:
    """The shape of one page of such rows, as `answer_list` and the cursor paginations answer it."""
    return type(
        f"{shape.__name__.removesuffix('Shape').removesuffix('Serializer')}Page",
        (Shape,),
        {
            "__module__": shape.__module__,
            "next": serializers.CharField(
                allow_null=True, help_text="Address of the next page; null on the last"
            ),
            "previous": serializers.CharField(allow_null=True, help_text="Address of the page before"),
            "results": shape(many=True),
        },
    )


def validated(serializer_class: type[serializers.Serializer], data) -> dict:
    """The validated data; a 422 problem with the errors by field otherwise."""
    try:
        return _reader(serializer_class).run_validation(data)
    except serializers.ValidationError as error:
        if isinstance(error.detail, dict):
            raise
        # Of no body at all: that is said of the whole.
        raise serializers.ValidationError({"non_field_errors": error.detail}) from error


@cache
def _reader(serializer_class: type[serializers.Serializer]) -> serializers.Serializer[Any]:
    """One for all requests: making its fields costs more than reading a body with them. A reader of ours keeps
    nothing of a body and knows no request."""
    return serializer_class()
