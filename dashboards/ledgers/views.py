"""Pages of the ledgers: all a reader may open, one as a list, one year of it."""

from datetime import date

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.shortcuts import render
from django.views import View

from common.dates.days import FIRST_DAY, LAST_DAY
from common.dates.local_time import day_of
from common.dates.periods import MONTHLY, Period
from common.errors import not_found
from common.web.idempotency import once
from dashboards.ledgers import documents, queries
from dashboards.ledgers.forms import LedgerSearchForm
from dashboards.ledgers.works import arguments_of
from works.actions import ask_for_work
from works.views import sent_to_works


class LedgerIndex(LoginRequiredMixin, View):
    def get(self, request):
        context = {"ledgers": queries.open_ledgers(request.reach), "year": day_of(request.now).year}
        return render(request, "dashboards/ledgers/all.html", context)


class LedgerPage(LoginRequiredMixin, View):
    """The rows of one ledger under its filter; `format=xlsx`: the same rows as a workbook."""

    PAGE = 50

    def get(self, request, slug):
        ledger = queries.get_ledger(request.reach, slug)
        asked = queries.read_asked(request.reach, ledger, request.GET, request.now)
        rows = queries.rows_of(request.reach, ledger, asked, request.now)
        if request.GET.get("format") == "xlsx":
            return documents.at_once(documents.ledger_book(request.reach, ledger, asked, rows, request.now))
        page = Paginator(rows, self.PAGE).get_page(request.GET.get("page"))
        units = queries.units_of(request.reach, ledger)
        context = {
            "ledger": ledger,
            "asked": asked,
            "search": LedgerSearchForm(ledger=ledger, asked=asked, units=units, now=request.now),
            "page": page,
            "lines": [(address, cells) for _row, address, cells in queries.lines(page.object_list, ledger)],
            "year": (asked.last or day_of(request.now)).year,
            "is_long": documents.is_long(page.paginator.count),
        }
        return render(request, "dashboards/ledgers/one.html", context)

    @once
    def post(self, request, slug):
        """The workbook of a long list, in the background; the address says what of it."""
        return _ask(request, arguments_of(slug, request.GET))


class LedgerYear(LoginRequiredMixin, View):
    """One year of a ledger: how much there is of each month, and the volume as a workbook."""

    def get(self, request, slug, year):
        ledger = queries.get_ledger(request.reach, slug)
        if not FIRST_DAY.year <= year <= LAST_DAY.year:
            raise not_found()
        unit = queries.read_asked(request.reach, ledger, request.GET, request.now).unit
        asked = queries.year_of(unit, year)
        rows = queries.rows_of(request.reach, ledger, asked, request.now)
        if request.GET.get("format") == "xlsx":
            return documents.at_once(
                documents.year_book(request.reach, ledger, asked, rows, year, request.now)
            )
        months = [
            (f"{year}-{month:02d}", many, *_ends(year, month))
            for month, many in queries.by_month(rows, ledger)
        ]
        context = {
            "ledger": ledger,
            "year": year,
            "years": queries.years_of(request.reach, ledger, request.now),
            "unit": unit,
            "units": queries.units_of(request.reach, ledger),
            "months": months,
            "many": sum(many for _name, many, *_days in months),
        }
        context["is_long"] = documents.is_long(context["many"])
        return render(request, "dashboards/ledgers/year.html", context)

    @once
    def post(self, request, slug, year):
        """The volume of a full year, in the background."""
        return _ask(request, arguments_of(slug, request.GET, year))


def _ask(request, arguments):
    work = ask_for_work(reach=request.reach, kind="ledger", arguments=arguments, now=request.now)
    return sent_to_works(request, work)


def _ends(year, month):
    """First and last day of the month, as an address has them."""
    month = Period(MONTHLY, date(year, month, 1))
    return month.day.isoformat(), month.last_day.isoformat()
