"""Lists of the HTTP API: filtered by unit and paged by a cursor, alike in every room."""

from django.db import models
from django_filters import rest_framework as filters

from accounts.queries import open_unit
from common.api.lists import CursorPages, StrictBooleanFilter, bad_filter


class UnitFilterSet(filters.FilterSet):
    """`unit`: a unit's code, for what happens there and below."""

    FILTER_DEFAULTS = {
        **filters.FilterSet.FILTER_DEFAULTS,
        models.BooleanField: {"filter_class": StrictBooleanFilter},
    }

    unit = filters.CharFilter(method="by_unit")

    def by_unit(self, rows, name, code):
        unit = open_unit(code)
        return rows.filter(unit_path__under=unit.path) if unit else rows.none()


class NewestFirst(CursorPages):
    """By the field that `answer_list` is given."""


def answer_list(request, rows, *, filters: type[filters.FilterSet], newest_by: str, as_dict, together=list):
    """One page of `rows`, filtered by the query string, newest first by the field `newest_by`.

    `together`: what `as_dict` is given of a page's rows, where it takes more than them; read once for all.
    """
    chosen = filters(request.query_params, rows, request=request)
    if not chosen.is_valid():
        raise bad_filter(chosen.errors)
    pages = NewestFirst()
    pages.ordering = (f"-{newest_by}", "-pk")
    page = pages.paginate_queryset(chosen.qs, request)
    return pages.get_paginated_response([as_dict(one) for one in together(page)])
