"""Pages of zero-reports: the one-tap page, the receipt, who is silent, the matrix."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views import View

from accounts.choices import Tier
from common.dates.local_time import day_of
from common.dates.periods import DAILY, period_of
from common.documents.workbooks import Sheet, respond
from common.errors import NotAllowed, Refused, is_allowed
from common.web.idempotency import once
from common.web.redirects import see_other
from journal.live.live_pages import PartsView
from zero_reports.counts import queries
from zero_reports.counts.matrix import Cell, matrix, month_of, showing
from zero_reports.counts.silent import missing
from zero_reports.filing import actions
from zero_reports.filing.choices import Answer, CellState, Shown, Via
from zero_reports.filing.classes import classes_at
from zero_reports.filing.forms import ItemsForm, name_of_tick
from zero_reports.filing.permissions import check_can_file, filing_post
from zero_reports.filing.reading import check_may_look, read_period
from zero_reports.filing.times import note_time
from zero_reports.links.permissions import check_can_issue
from zero_reports.links.queries import open_links
from zero_reports.lock.forms import GrantForm
from zero_reports.lock.permissions import check_can_grant
from zero_reports.lock.queries import OPEN, exceptions, lock_of


def no_post() -> NotAllowed:
    return NotAllowed(
        "no_post",
        _(
            "Nothing can be reported: you hold no post that files reports at the moment. "
            "Ask the security administrator of your bureau."
        ),
    )


class ReportPage(LoginRequiredMixin, View):
    """Open and one tap: the own unit and the date are filled in, two big buttons."""

    def get(self, request):
        code = request.GET.get("unit", "")
        units = [queries.get_unit(request.reach, code)] if code else queries.own_units(request.reach)
        for unit in units:
            check_can_file(request.reach, unit)
        if not units:
            raise no_post()
        asked = [found for unit in units for found in queries.asked_now(request.reach, unit, request.now)]
        context = {
            "asked": [(found, offered(found.incidents)) for found in asked],
            "now": request.now,
            "may_look": _has_below(request.reach),
            "may_alarm": request.reach.has("incident.report"),
        }
        return render(request, "zero_reports/report.html", context)


def offered(incidents) -> list[tuple[str, object]]:
    """Incidents to report as they are, each under the name of its field."""
    return [(name_of_tick(number), incident) for number, incident in enumerate(incidents)]


def _has_below(reach) -> bool:
    """Whether this person has units below to look after."""
    return reach.has("report.view") and any(post.unit_tier != Tier.VILLAGE for post in reach.posts)


#: So many refusals of a list are said one by one.
NAMED = 20


class _OneReport(LoginRequiredMixin, View):
    """What the pages of one unit and period share."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            self.unit = queries.get_unit(request.reach, kwargs["unit"])
            self.period = read_period(kwargs["period"])

    def file(self, answer: str, items=()):
        report = actions.file_report(
            reach=self.request.reach,
            unit=self.unit,
            period=self.period,
            answer=answer,
            items=items,
            via=Via.PAGE,
            now=self.request.now,
        )
        note_time(report, self.request.POST.get("opened", ""), self.request.now)
        return see_other("zero-report", report.unit.code, report.period)

    def incidents(self):
        return queries.incidents_to_offer(self.request.reach, self.unit, self.period)

    def context(self) -> dict:
        may_file = self.request.reach.holds("report.file", self.unit.path)
        return {
            "unit": self.unit,
            "period": self.period,
            "may_file": may_file,
            "on_behalf": may_file and filing_post(self.request.reach, self.unit)[1],
            "now": self.request.now,
        }


class OneReport(_OneReport):
    """The receipt with everything the unit has said for the period; a POST files nil (the big button)."""

    def get(self, request, unit, period):
        return self.page()

    def page(self, grant_form=None, new_link="", status=200):
        request = self.request
        versions = queries.versions(self.unit, self.period)
        rounds = queries.Rounds(self.period, self.unit)
        due_at = versions[0].due_at if versions else rounds.due_at(self.unit)
        incidents = [] if versions else self.incidents()
        lock = (
            lock_of(self.unit, self.period, due_at, rounds.over(self.unit), request.now) if due_at else OPEN
        )
        context = {
            **self.context(),
            "report": versions[0] if versions else None,
            "former": versions[1:],
            "due_at": due_at,
            "is_over": due_at is not None and request.now > due_at,
            "offered": offered(incidents),
            "may_file_now": due_at is not None and request.now >= self.period.starts_at,
            "lock": lock,
            "exceptions": exceptions(self.unit, self.period),
            "may_grant": lock.since and is_allowed(check_can_grant, request.reach, self.unit),
            "grant_form": grant_form or GrantForm(),
            "links": open_links(self.unit, self.period, request.now),
            "may_issue": is_allowed(check_can_issue, request.reach, self.unit),
            "new_link": new_link,
        }
        return render(request, "zero_reports/one.html", context, status=status)

    @once
    def post(self, request, unit, period):
        if request.POST.get("answer") == Answer.ITEMS:
            return see_other("zero-report-items", unit, period)
        return self.file(Answer.NIL)


class ItemsPage(_OneReport):
    """Something to report: class, how many, one sentence; incidents of the day are offered, not asked again."""

    def get(self, request, unit, period):
        check_can_file(request.reach, self.unit)
        return self._page(self._form())

    @once
    def post(self, request, unit, period):
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            return self.file(Answer.ITEMS, form.items)
        except Refused as refused:
            form.add_error(None, str(refused))
            return self._page(form, status=refused.status)

    def _form(self, data=None):
        report = queries.current_report(self.unit, self.period)
        return ItemsForm(
            data,
            classes=classes_at(self.unit, self.request.now),
            incidents=self.incidents(),
            said=actions.items_in(report) if report else [],
        )

    def _page(self, form, status=200):
        context = {**self.context(), "form": form}
        return render(self.request, "zero_reports/items.html", context, status=status)


class TablePage(LoginRequiredMixin, View):
    """代报: one person files nil for many units, each with a tick; whatever has happened has a form of its own."""

    def get(self, request):
        unit, period = unit_and_period(request)
        lines = queries.units_to_file_for(request.reach, unit, period)
        context = {
            "unit": unit,
            "period": period,
            "lines": lines,
            "open_lines": [line for line in lines if not line.answer],
            "all_ticked": request.GET.get("tick") == "all",
            "now": request.now,
        }
        return render(request, "zero_reports/table.html", context)

    @once
    def post(self, request):
        unit, period = unit_and_period(request)
        lines = queries.units_to_file_for(request.reach, unit, period)
        ticked = set(request.POST.getlist("unit"))
        chosen = [line.unit for line in lines if line.unit.code in ticked and not line.answer]
        done = actions.file_nil_for(reach=request.reach, units=chosen, period=period, now=request.now)
        say_what_was_done(request, done)
        if not any(found.report for found in done):
            messages.warning(
                request, _("Nothing was filed: no unit was ticked. Tick the units you file for.")
            )
        query = urlencode({"unit": unit.code, "period": str(period)})
        return see_other(f"{reverse('reports-table')}?{query}")


def unit_and_period(request):
    """Which list is meant: the unit one files for, or one's own, and the period, or today."""
    code, text = request.GET.get("unit", ""), request.GET.get("period", "")
    units = [queries.get_unit(request.reach, code)] if code else queries.own_units(request.reach)
    if not units:
        raise no_post()
    check_can_file(request.reach, units[0])
    return units[0], read_period(text) if text else period_of(DAILY, day_of(request.now))


def say_what_was_done(request, done: list[actions.FiledFor]) -> None:
    """How many were filed for, and who was refused and why."""
    if filed := [found for found in done if found.report]:
        sentence = ngettext("Filed for %(n)d unit.", "Filed for %(n)d units.", len(filed))
        messages.success(request, sentence % {"n": len(filed)})
    refused = [found for found in done if found.refused]
    for found in refused[:NAMED]:
        messages.error(request, str(found.refused))
    if (more := len(refused) - NAMED) > 0:
        sentence = ngettext(
            "%(n)d more unit was not filed for.", "%(n)d more units were not filed for.", more
        )
        messages.error(request, sentence % {"n": more})


class MissingPage(LoginRequiredMixin, PartsView):
    """Who has not answered: counts for each unit below, names with telephones, drill-down."""

    template_name = "zero_reports/missing.html"
    parts = {"missing": ("zero_reports/_missing_page.html", "missing_context")}

    def prepare(self):
        request = self.request
        check_may_look(request.reach)
        code, text = request.GET.get("unit", ""), request.GET.get("period", "")
        self.unit = queries.get_unit(request.reach, code) if code else None
        self.present = period_of(DAILY, day_of(request.now))
        self.period = read_period(text) if text else self.present
        if self.period.cadence != DAILY:
            self.present = period_of(self.period.cadence, self.present.day)

    def page_context(self):
        return {
            "period": self.period,
            "earlier": self.period.shifted(-1),
            "later": self.period.shifted(1) if self.period < self.present else None,
            "is_present": self.period == self.present,
            "may_file": self.request.reach.has("report.file"),
        }

    def missing_context(self):
        found = missing(self.request.reach, self.period, self.request.now, unit=self.unit)
        return {"missing": found, "now": self.request.now, "unit": self.unit}


class MatrixPage(LoginRequiredMixin, View):
    """Units × days of a month; a unit's name leads to the units below it. `show` leaves only rows of that kind."""

    def get(self, request):
        unit, periods, show, found = self.read(request)
        context = {
            "matrix": found,
            "unit": unit,
            "may_go_up": unit.parent and request.reach.holds("report.view", unit.parent.path),
            "first": periods[0],
            "last": periods[-1],
            "present": period_of(periods[0].cadence, day_of(request.now)),
            "earlier": periods[0].shifted(-1),
            "later": periods[-1].shifted(1) if periods[-1].ends_at <= request.now else None,
            "show": show,
            "shows": Shown.choices,
            "now": request.now,
        }
        return render(request, "zero_reports/matrix.html", context)

    def read(self, request):
        check_may_look(request.reach)
        code, text = request.GET.get("unit", ""), request.GET.get("period", "")
        unit = queries.get_unit(request.reach, code) if code else queries.top_units(request.reach)[0]
        period = read_period(text) if text else period_of(DAILY, day_of(request.now))
        show = request.GET.get("show", "")
        show = show if show in Shown.values else Shown.ALL
        periods = month_of(period.cadence, period.day)
        return unit, periods, show, showing(matrix(unit, periods, request.now), show)


class MatrixWorkbook(MatrixPage):
    """The same as a workbook: one row per unit, one column per day, the state as a word."""

    def get(self, request):
        unit, periods, _show, found = self.read(request)
        words = {state.value: str(state.label) for state in CellState}
        headings = [
            _("Unit"),
            _("Code"),
            *map(str, periods),
            _("Asked"),
            pgettext("report", "Answered"),
            _("Late"),
        ]
        rows = [
            [str(row.unit), row.unit.code, *(_word(words, cell) for cell in row.cells),
             row.expected, row.received, row.late]
            for row in found.rows
        ]  # fmt: skip
        sheet = Sheet(_("Matrix of reports"), headings, rows, widths=[24, 10])
        return respond(sheet, name=f"matrix-{unit.code}-{periods[0]}")


def _word(words: dict[str, str], cell: Cell) -> str:
    return f"{words[cell.state]} ({Via.LINK.label})" if cell.by_link else words[cell.state]
