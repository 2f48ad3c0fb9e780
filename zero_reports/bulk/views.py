"""The list as a workbook, out; in, first as a difference, then applied."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from common.documents.workbooks import respond
from common.errors import Invalid
from common.web.redirects import see_other
from zero_reports.bulk import actions, difference
from zero_reports.bulk.forms import WorkbookForm
from zero_reports.counts import queries
from zero_reports.filing.views import say_what_was_done, unit_and_period


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
        done = actions.file_lines(reach=request.reach, shown=shown, period=period, now=request.now)
        say_what_was_done(request, done)
        query = urlencode({"unit": unit.code, "period": str(period)})
        return see_other(f"{reverse('reports-table')}?{query}")

    def _page(self, request, unit, period, form, status=200, lines=None) -> HttpResponse:
        context = {"unit": unit, "period": period, "form": form, "lines": lines}
        if lines is not None:
            context["changes"] = [line for line in lines if line.changes]
            context["wrong"] = [line for line in lines if line.problem]
            if context["changes"]:
                context["shown"] = difference.seal(lines, reach=request.reach, root=unit, period=period)
        return render(request, "zero_reports/workbook.html", context, status=status)
