"""All forms and bodies of the product, found by loading it."""

import functools
import importlib
import pkgutil

from django import forms
from django.conf import settings
from rest_framework import serializers

from common.api.serializers import Shape
from tests.rooms import ROOMS


@functools.cache
def load_everything() -> None:
    for room in ROOMS:
        for found in pkgutil.walk_packages([str(settings.BASE_DIR / room)], f"{room}."):
            if ".migrations" not in found.name and ".management" not in found.name:
                importlib.import_module(found.name)


def _ours(base: type) -> list[type]:
    load_everything()
    found, todo = set(), [base]
    while todo:
        for one in todo.pop().__subclasses__():
            todo.append(one)
            if one.__module__.partition(".")[0] in ROOMS:
                found.add(one)
    return sorted(found, key=lambda one: f"{one.__module__}.{one.__qualname__}")


def form_classes() -> list[type[forms.BaseForm]]:
    return _ours(forms.BaseForm)


def form_fields(form: type[forms.BaseForm]) -> dict[str, forms.Field]:
    return {**form.base_fields}


def serializer_classes() -> list[type[serializers.Serializer]]:
    """Those that read a body; not those that only say what an answer looks like."""
    found = [one for one in _ours(serializers.BaseSerializer) if hasattr(one, "_declared_fields")]
    return [one for one in found if not issubclass(one, Shape)]


def field_classes(base: type) -> list[type]:
    return _ours(base)
