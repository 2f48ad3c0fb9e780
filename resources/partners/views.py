"""Pages of the directory: whom to phone, and one agency with what may be done about its line."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from common.errors import Refused, is_allowed, not_found
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from resources.partners import actions, queries
from resources.partners.forms import NewPartnerForm, PartnerForm, PartnerSearchForm
from resources.permissions import check_can_keep, check_can_look, check_keeps_any

PER_PAGE = 50


class PartnerList(LoginRequiredMixin, View):
    def get(self, request):
        check_can_look(request.reach)
        search = PartnerSearchForm(request.GET)
        wanted = search.cleaned_data if search.is_valid() else {"q": "", "kind": ""}
        rows = queries.partners(request.reach, kind=wanted["kind"], text=wanted["q"].strip())
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        may_add = request.reach.has("resource.keep")
        return render(
            request, "resources/partners/list.html", {"search": search, "page": page, "may_add": may_add}
        )


class NewPartner(LoginRequiredMixin, View):
    def get(self, request):
        check_keeps_any(request.reach)
        return self._page(request, NewPartnerForm(reach=request.reach))

    @once
    def post(self, request):
        check_keeps_any(request.reach)
        form = NewPartnerForm(request.POST, reach=request.reach)
        if form.is_valid():
            try:
                partner = actions.add_partner(reach=request.reach, now=request.now, **form.cleaned_data)
                messages.success(request, _("Kept."))
                return see_other("partner", partner.pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        return self._page(request, form, status=422)

    def _page(self, request, form, status=200):
        return render(request, "resources/partners/new.html", {"form": form}, status=status)


class PartnerPage(LoginRequiredMixin, View):
    def get(self, request, pk):
        partner = queries.get_partner(request.reach, pk)
        initial = {name: getattr(partner, name) for name in PartnerForm.base_fields}
        return self._page(request, partner, PartnerForm(initial=initial))

    @once
    def post(self, request, pk):
        """Change what is written of it."""
        partner = queries.get_partner(request.reach, pk)
        form = PartnerForm(request.POST)
        if form.is_valid():
            try:
                actions.change_partner(**_asked(request, partner), **form.cleaned_data)
                messages.success(request, _("Kept."))
                return see_other("partner", partner.pk)
            except Refused as refusal:
                form.add_error(None, str(refusal))
        return self._page(request, partner, form, status=422)

    def _page(self, request, partner, form, status=200):
        may_keep = partner.is_listed and is_allowed(check_can_keep, request.reach, partner.unit)
        context = {"partner": partner, "form": form, "may_keep": may_keep}
        return render(request, "resources/partners/one.html", context, status=status)


class PartnerAct(LoginRequiredMixin, View):
    """`check`: its number was rung and answered; `end`: off the list."""

    @once
    def post(self, request, pk, verb):
        partner = queries.get_partner(request.reach, pk)
        act = {"check": actions.check_partner, "end": actions.end_partner}.get(verb)
        if act is None:
            raise not_found()
        act(**_asked(request, partner))
        messages.success(request, _("Kept."))
        return see_other("partners") if verb == "end" else see_other("partner", partner.pk)


def _asked(request, partner) -> dict:
    rev = read_number(request.POST.get("rev", ""))
    return {"reach": request.reach, "partner_id": partner.pk, "now": request.now, "rev": rev}
