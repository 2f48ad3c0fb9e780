"""Ledgers over the HTTP API: the same rows under the same rights, page by page. Files are made by the pages."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.pagination import NewestFirst
from common.dates.days import FIRST_DAY, LAST_DAY
from common.errors import Invalid, not_found
from dashboards.ledgers import queries
from dashboards.ledgers.shapes import LedgerEntriesShape, LedgersShape, LedgerYearShape

#: What an address may ask for, and where it stands in what was understood.
_ASKED = {"from": "first", "until": "last", "state": "state", "kind": "kind"}
_UNIT = OpenApiParameter("unit", str, description="a unit's code: there and below")


class Ledgers(APIView):
    """The ledgers this caller may open, each with its columns and what it can be filtered by."""

    @extend_schema(operation_id="ledgers_list", responses={200: LedgersShape})
    def get(self, request):
        found = queries.open_ledgers(request.reach)
        return Response({"results": [_about(ledger, request.now) for ledger in found]})


class OneLedger(APIView):
    """Entries of one ledger, the newest first. Words are in the caller's language, names of fields never change."""

    @extend_schema(
        operation_id="ledgers_entries",
        parameters=[
            _UNIT,
            OpenApiParameter("from", str, description="2026-11-01, a day in Asia/Shanghai"),
            OpenApiParameter("until", str, description="2026-11-30, included"),
            OpenApiParameter("state", str, description="one of `states` of the ledger"),
            OpenApiParameter("kind", str, description="one of `kinds` of the ledger"),
        ],
        responses={200: LedgerEntriesShape},
    )
    def get(self, request, slug):
        ledger = queries.get_ledger(request.reach, slug)
        given = request.query_params
        asked = queries.read_asked(request.reach, ledger, given, request.now)
        if unread := [
            name for name, field in _ASKED.items() if given.get(name) and not getattr(asked, field)
        ]:
            raise _bad_filter(unread)
        rows = queries.rows_of(request.reach, ledger, asked, request.now)
        pages = NewestFirst()
        pages.ordering = (f"-{ledger.at}", "-pk")
        page = pages.paginate_queryset(rows, request)
        names = [column.name for column in ledger.columns]
        return pages.get_paginated_response(
            [
                {**dict(zip(names, cells, strict=True)), "page": address}
                for _row, address, cells in queries.lines(page, ledger)
            ]
        )


class LedgerYear(APIView):
    """How many entries each month of a year has, and each state."""

    @extend_schema(operation_id="ledgers_year", parameters=[_UNIT], responses={200: LedgerYearShape})
    def get(self, request, slug, year):
        ledger = queries.get_ledger(request.reach, slug)
        if not FIRST_DAY.year <= year <= LAST_DAY.year:
            raise not_found()
        unit = queries.read_asked(request.reach, ledger, request.query_params, request.now).unit
        rows = queries.rows_of(request.reach, ledger, queries.year_of(unit, year), request.now)
        months = queries.by_month(rows, ledger)
        return Response(
            {
                "ledger": slug,
                "year": year,
                "unit": unit.code if unit else None,
                "months": [{"month": f"{year}-{month:02d}", "entries": many} for month, many in months],
                "states": dict(queries.by_state(rows, ledger)),
                "entries": sum(many for _month, many in months),
            }
        )


def _about(ledger, now) -> dict:
    return {
        "ledger": ledger.slug,
        "title": str(ledger.title),
        "about": str(ledger.about),
        "cite": str(ledger.cite) or None,
        "columns": {column.name: str(column.head) for column in ledger.columns},
        "states": {name: str(choice.label) for name, choice in ledger.states.items()},
        "kinds": {name: str(choice.label) for name, choice in ledger.kinds(None, now).items()},
    }


def _bad_filter(names: list[str]) -> Invalid:
    sentence = _("Nothing was listed: %(names)s cannot be read or is no choice of this ledger. The list of ledgers says which there are.") % {
        "names": ", ".join(names)}  # fmt: skip
    return Invalid("bad_filter", sentence, fields={name: [sentence] for name in names})
