"""Lists of the HTTP API: filtered by unit and paged by a cursor, alike in every room."""

from django_filters import rest_framework as filters
from rest_framework.pagination import CursorPagination

from accounts.queries import open_unit
from common.errors import Invalid


class UnitFilterSet(filters.FilterSet):
    """`unit`: a unit's code, for what happens there and below."""

    unit = filters.CharFilter(method="by_unit")

    def by_unit(self, rows, name, code):
        unit = open_unit(code)
        return rows.filter(unit_path__under=unit.path) if unit else rows.none()


class NewestFirst(CursorPagination):
    """Pages by a cursor over an index: the last page costs what the first one does."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"


def answer_list(request, rows, *, filters: type[UnitFilterSet], newest_by: str, as_dict, together=list):
    """One page of `rows`, filtered by the query string, newest first by the field `newest_by`.

    `together`: what `as_dict` is given of a page's rows, where it takes more than them; read once for all.
    """
    chosen = filters(request.query_params, rows, request=request)
    if not chosen.is_valid():
        raise Invalid("bad_filter", str(chosen.errors), fields=chosen.errors)
    pages = NewestFirst()
    pages.ordering = (f"-{newest_by}", "-pk")
    page = pages.paginate_queryset(chosen.qs, request)
    return pages.get_paginated_response([as_dict(one) for one in together(page)])
