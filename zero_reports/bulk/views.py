"""The list as a workbook, out; in, first as a difference, then applied."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from accounts.models import Unit
from accounts.queries import open_unit
from common.dates.periods import parse
from common.documents.workbooks import respond
from common.errors import Invalid
from common.web.redirects import see_other
from works.actions import ask_for_work
from works.queries import read_result
from works.views import sent_to_works
from zero_reports.bulk import actions, difference, works
from zero_reports.bulk.forms import WorkbookForm
from zero_reports.counts import queries
from zero_reports.filing.views import say_what_was_done, unit_and_period


class FiledPage(LoginRequiredMixin, View):
    """What became of a long workbook, for whoever handed it in."""

    def get(self, request, pk):
        work, done = read_result(request.reach, pk, "zero_reports")
        given = work.arguments
        units = {
            unit.code: unit for unit in Unit.objects.filter(code__in=[code for code, _why in done["refused"]])
        }
        context = {
            "unit": open_unit(given["unit"]),
            "period": parse(given["period"]),
            "filed": done["filed"],
            "refused": [(units.get(code, code), why) for code, why in done["refused"]],
        }
        return render(request, "zero_reports/workbook_filed.html", context)


class WorkbookDownload(LoginRequiredMixin, View):
    """The units one may file for, with what each has said."""

    def get(self, request):
        unit, period = unit_and_period(request)
        lines = queries.units_to_file_for(request.reach, unit, period)
        sheet = difference.sheet_of(lines, unit, period, request.now)
        return respond(sheet, name=f"reports-{unit.code}-{period}")


class WorkbookUpload(LoginRequiredMixin, View):
    """A workbook handed in: what it would change is shown, and only what was shown is applied."""

    def get(self, request):
        unit, period = unit_and_period(request)
        return self._page(request, unit, period, WorkbookForm())

    def post(self, request):
        unit, period = unit_and_period(request)
        if "shown" in request.POST:
            return self._apply(request, unit, period)
        form = WorkbookForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, unit, period, form, status=422)
        try:
            lines = difference.read(
                form.cleaned_data["file"], reach=request.reach, root=unit, period=period, now=request.now
            )
        except Invalid as invalid:
            form.add_error("file", str(invalid))
            return self._page(request, unit, period, form, status=422)
        return self._page(request, unit, period, WorkbookForm(), lines=lines)

    def _apply(self, request, unit, period):
        try:
            shown = difference.unseal(request.POST["shown"], reach=request.reach, root=unit, period=period)
        except Invalid as invalid:
            form = WorkbookForm()
            form.cleaned_data = {}
            messages.error(request, str(invalid))
            return self._page(request, unit, period, form, status=422)
        if len(shown) > works.MOST_AT_ONCE:
            return self._file_in_the_background(request, unit, period, shown)
        done = list(actions.file_lines(reach=request.reach, shown=shown, period=period, now=request.now))
        say_what_was_done(request, done)
        query = urlencode({"unit": unit.code, "period": str(period)})
        return see_other(f"{reverse('reports-table')}?{query}")

    def _file_in_the_background(self, request, unit, period, shown):
        """The same form sent twice is one work while it lives; after that it finds everything filed."""
        arguments = {"unit": unit.code, "period": str(period), "lines": len(shown)}
        work = ask_for_work(
            reach=request.reach, kind="zero_reports", arguments=arguments, now=request.now, unit=unit,
            lines=difference.as_plain(shown),
        )  # fmt: skip
        return sent_to_works(request, work)

    def _page(self, request, unit, period, form, status=200, lines=None) -> HttpResponse:
        context = {"unit": unit, "period": period, "form": form, "lines": lines}
        if lines is not None:
            context["changes"] = [line for line in lines if line.changes]
            context["wrong"] = [line for line in lines if line.problem]
            if context["changes"]:
                context["shown"] = difference.seal(lines, reach=request.reach, root=unit, period=period)
        return render(request, "zero_reports/workbook.html", context, status=status)
