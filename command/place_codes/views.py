"""The page that shows the codes of an incident, and the door where one is typed."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from command.orders.queries import get_order
from command.place_codes import actions, forms, permissions, queries
from common.errors import not_found
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import back_to, see_other
from incidents.queries import get_incident


class CodesPage(LoginRequiredMixin, View):
    """GET shows the codes to who receives people at the place; POST makes one, or renews that of the same place."""

    def get(self, request, number):
        return self._page(request, self._incident(request, number))

    @once
    def post(self, request, number):
        incident = self._incident(request, number)
        form = forms.PlaceForm(request.POST)
        if not form.is_valid():
            return self._page(request, incident, form, status=422)
        actions.show_code(
            incident_id=incident.pk, reach=request.reach, place=form.cleaned_data["place"], now=request.now
        )
        return see_other("place-codes", incident.number)

    def _incident(self, request, number):
        incident = get_incident(request.reach, number)
        permissions.check_can_show(request.reach, incident)
        return incident

    def _page(self, request, incident, form=None, status=200):
        context = {
            "incident": incident,
            "codes": queries.live_codes(incident, request.now),
            "form": form or forms.PlaceForm(initial={"place": incident.place}),
        }
        response = render(request, "command/place_codes/codes.html", context, status=status)
        response["Cache-Control"] = "no-store"
        return response


class Withdraw(LoginRequiredMixin, View):
    @once
    def post(self, request, number, pk):
        incident = get_incident(request.reach, number)
        if not incident.place_codes.filter(pk=pk).exists():
            raise not_found()
        actions.withdraw_code(incident_id=incident.pk, code_id=pk, reach=request.reach, now=request.now)
        return see_other("place-codes", incident.number)


class TypeCode(LoginRequiredMixin, View):
    """The recipient of an order types the code: POST, then back to where it was typed."""

    @once
    def post(self, request, number):
        order = get_order(request.reach, number)
        actions.confirm_by_code(
            order_id=order.pk,
            reach=request.reach,
            code=request.POST.get("code", "")[:20],
            rev=read_number(request.POST.get("rev", "")),
            now=request.now,
        )
        return back_to(request, reverse("incident", args=[order.incident.number]))
