"""Lists of the HTTP API: what stands behind the question mark is read strictly, and pages are asked for alike.

A wrong value that is passed over answers another question than the one that was asked: all rows instead of those of a
state with a typing error in it. So each is refused, by its name; what nobody described is passed over, as everywhere.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter
from rest_framework.pagination import CursorPagination

from common.errors import Invalid

#: Rows of a page where none are asked for, and the most that are answered.
PAGE, MOST = 50, 200
#: More digits than any number of rows has.
_DIGITS = 9
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


def query_of(request, described: Iterable[OpenApiParameter]) -> dict[str, Any]:
    """What the address asks for, by the parameters that describe it: a choice, yes or no, a number of at least 0.

    Name → value, without what is left out or empty. Raises Invalid `bad_filter`.
    """
    asked, wrong = {}, {}
    for one in described:
        if text := request.query_params.get(one.name, ""):
            try:
                asked[one.name] = _value(text, one)
            except ValueError as error:
                wrong[one.name] = [str(error)]
    if wrong:
        raise bad_filter(wrong)
    return asked


def bad_filter(wrong: Mapping[str, list[str]]) -> Invalid:
    """`wrong`: name behind the question mark → its sentences."""
    return Invalid(
        "bad_filter",
        _(
            "Nothing was listed: the address asks for something that there is not. Put right what stands in "
            "“errors”, and ask again."
        ),
        fields=wrong,
    )


def _value(text: str, described: OpenApiParameter) -> Any:
    if described.type is bool:
        return read_flag(text)
    if described.type is int:
        return _number(text, least=0)
    if described.enum and text not in described.enum:
        raise ValueError(_("Give one of: %(choices)s.") % {"choices": ", ".join(map(str, described.enum))})
    return text


def read_flag(text: str) -> bool:
    """Raises ValueError with a sentence."""
    if text not in _FLAGS:
        raise ValueError(_("Give “true” or “false”."))
    return _FLAGS[text]


def read_size(text: str) -> int:
    """Rows of a page, `text` as in `limit`; more than MOST is MOST. Raises Invalid `bad_filter`."""
    if not text:
        return PAGE
    try:
        return min(_number(text, least=1), MOST)
    except ValueError as error:
        raise bad_filter({"limit": [str(error)]}) from error


def _number(text: str, *, least: int) -> int:
    if not (text.isascii() and text.isdigit()) or int(text[-_DIGITS:]) + len(text[:-_DIGITS]) < least:
        raise ValueError(_("Give a whole number from %(least)d on.") % {"least": least})
    return int(text) if len(text) <= _DIGITS else 10**_DIGITS


class CursorPages(CursorPagination):
    """Pages by a cursor over an index: the last page costs what the first one does. `limit`: rows of a page."""

    page_size = PAGE
    max_page_size = MOST
    page_size_query_param = "limit"

    def get_page_size(self, request):
        return read_size(request.query_params.get(self.page_size_query_param, ""))


class _Flag(forms.Field):
    def to_python(self, value):
        if not value:
            return None
        try:
            return read_flag(value)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class StrictBooleanFilter(filters.BooleanFilter):
    """The library's own takes any other word for none at all."""

    field_class = _Flag

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("widget", forms.TextInput)
        super().__init__(*args, **kwargs)
