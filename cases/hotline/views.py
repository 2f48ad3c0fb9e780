"""The page of the 12345 totals: what is on record, and a table to hand in, shown before it is kept."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views import View

from cases.hotline import actions, files, permissions, queries
from cases.hotline.classes import class_words
from cases.hotline.forms import TotalsFileForm
from common.documents.workbooks import Sheet, respond
from common.errors import Invalid, is_allowed
from common.web.redirects import see_other
from zero_reports.filing.reading import check_may_look


class HotlinePage(LoginRequiredMixin, View):
    def get(self, request):
        check_may_look(request.reach)
        if request.GET.get("format") == "template":
            return respond(_template(), name="12345")
        return self._page(request, TotalsFileForm())

    def post(self, request):
        permissions.check_can_import(request.reach)
        if "shown" in request.POST:
            return self._keep(request)
        form = TotalsFileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form, status=422)
        try:
            lines = files.read(form.cleaned_data["file"], reach=request.reach, now=request.now)
        except Invalid as invalid:
            form.add_error("file", str(invalid))
            return self._page(request, form, status=422)
        return self._page(request, TotalsFileForm(), lines=lines)

    def _keep(self, request):
        try:
            totals = files.unseal(request.POST["shown"], reach=request.reach)
        except Invalid as invalid:
            messages.error(request, str(invalid))
            return self._page(request, TotalsFileForm(), status=422)
        many = actions.keep_totals(reach=request.reach, totals=totals, now=request.now)
        said = ngettext("%(n)d total kept.", "%(n)d totals kept.", many) % {"n": many}
        messages.success(request, said)
        return see_other("hotline")

    def _page(self, request, form, status=200, lines=None):
        page = Paginator(queries.totals(request.reach), 50).get_page(request.GET.get("page"))
        for total in page.object_list:
            total.class_words = class_words(total.dispute_class)
        context = {
            "form": form,
            "lines": lines,
            "columns": files.COLUMNS,
            "page": page,
            "may_import": is_allowed(permissions.check_can_import, request.reach),
        }
        if lines is not None:
            context["keeps"] = [line for line in lines if line.does in ("new", "changed")]
            context["wrong"] = [line for line in lines if line.problem]
            if context["keeps"]:
                context["shown"] = files.seal(lines, reach=request.reach)
        return render(request, "cases/hotline/page.html", context, status=status)


def _template():
    """An empty table with the right headings."""
    return Sheet("12345", [column.label for column in files.COLUMNS], [], [14, 16, 24, 10])
