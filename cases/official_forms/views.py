"""Pages of official forms: the list, one form to fill in, the sent form and its paper."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from cases.matters.queries import get_matter
from cases.official_forms import actions, permissions, queries, rules
from cases.official_forms.choices import FormKind, FormState
from cases.official_forms.documents import form_paper
from cases.official_forms.forms import BeginForm, cleaned, form_for
from common.dates.local_time import day_of
from common.documents.official_documents import respond
from common.errors import Refused, is_allowed, not_found
from common.web.idempotency import once
from common.web.redirects import see_other
from zero_reports.counts.queries import get_unit, top_units
from zero_reports.filing.reading import check_may_look

STARTS = {kind: starts for kind, (starts, _stops) in rules.CLOCKS.items()}


class FormList(LoginRequiredMixin, View):
    def get(self, request):
        check_may_look(request.reach)
        code, kind = request.GET.get("unit", ""), request.GET.get("kind", "")
        unit = get_unit(request.reach, code) if code else top_units(request.reach)[0]
        kind = kind if kind in FormKind.values else ""
        page = Paginator(queries.forms(request.reach, unit, kind), 25).get_page(request.GET.get("page"))
        clocks = queries.clocks_of(list(page.object_list), STARTS)
        context = {
            "unit": unit,
            "kind": kind,
            "kinds": FormKind.choices,
            "page": page,
            "rows": [(form, clocks.get(form.pk)) for form in page.object_list],
            "begin_form": BeginForm(initial={"day": day_of(request.now)}),
            "may_fill_in": is_allowed(permissions.check_can_fill_in, request.reach, unit),
            "now": request.now,
        }
        return render(request, "cases/official_forms/list.html", context)


class Begin(LoginRequiredMixin, View):
    """A form of a unit (F1, F8), or one about a matter."""

    @once
    def post(self, request):
        number = request.POST.get("matter", "")
        matter = get_matter(request.reach, number) if number else None
        unit = matter.unit if matter else get_unit(request.reach, request.POST.get("unit", ""))
        kind = request.POST.get("kind", "")
        day = day_of(request.now)
        if matter is None:
            begin = BeginForm(request.POST)
            if not begin.is_valid():
                messages.error(request, _("The form was not begun: choose a form and a day."))
                return see_other("official-forms")
            kind, day = begin.cleaned_data["kind"], begin.cleaned_data["day"]
        if kind not in FormKind.values:
            raise not_found()
        form = actions.begin_form(
            reach=request.reach, kind=kind, unit=unit, day=day, now=request.now, matter=matter
        )
        return see_other("official-form", form.number)


class FormPage(LoginRequiredMixin, View):
    """Fill in and send; what was sent is only read."""

    def get(self, request, number):
        found = queries.get_form(request.reach, number)
        return self._page(
            request, found, form_for(found, sending=False, at=request.now, initial=found.fields)
        )

    @once
    def post(self, request, number):
        found = queries.get_form(request.reach, number)
        send = "send" in request.POST
        form = form_for(found, sending=send, at=request.now, data=request.POST)
        if not form.is_valid():
            return self._page(request, found, form, status=422)
        try:
            actions.fill_in(
                reach=request.reach, form_id=found.pk, fields=cleaned(form), now=request.now, send=send
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            return self._page(request, found, form, status=refused.status)
        messages.success(request, _("Sent.") if send else _("Kept as a draft."))
        return see_other("official-form", number)

    def _page(self, request, found, form, status=200):
        context = {
            "found": found,
            "form": form,
            "is_draft": found.state == FormState.DRAFT,
            "clock": queries.clocks_of([found], STARTS).get(found.pk),
            "may_fill_in": is_allowed(permissions.check_can_fill_in, request.reach, found.unit),
            "now": request.now,
        }
        return render(request, "cases/official_forms/one.html", context, status=status)


class FormPaper(LoginRequiredMixin, View):
    def get(self, request, number, kind):
        found = queries.get_form(request.reach, number)
        return respond(form_paper(found), kind, name=found.number)
