"""Doors of orders: the form that issues one, and the acts that carry it on."""

from datetime import timedelta

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from command.orders import actions, forms, permissions, queries
from command.orders.choices import OrderVerb
from common.errors import Invalid
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import back_to, see_other
from incidents.queries import get_incident


class IssueOrder(LoginRequiredMixin, View):
    """The order form of an incident."""

    def get(self, request, number):
        incident = get_incident(request.reach, number)
        permissions.check_can_issue(request.reach, incident)
        return self._page(request, incident, self._form(request, incident))

    @once
    def post(self, request, number):
        incident = get_incident(request.reach, number)
        form = self._form(request, incident, data=request.POST)
        if not form.is_valid():
            return self._page(request, incident, form, status=422)
        minutes = form.cleaned_data["minutes"]
        try:
            actions.issue_order(
                incident_id=incident.pk,
                reach=request.reach,
                target=actions.read_target(form.cleaned_data["to"]),
                task=form.cleaned_data["task"],
                arrive_by=request.now + timedelta(minutes=minutes) if minutes else None,
                now=request.now,
            )
        except Invalid as invalid:
            for name, sentences in invalid.fields.items():
                form.add_error(name if name in form.fields else None, sentences)
            return self._page(request, incident, form, status=422)
        return see_other("incident", incident.number)

    def _form(self, request, incident, **kwargs):
        return forms.OrderForm(recipients=queries.recipients_for(incident, request.now), **kwargs)

    def _page(self, request, incident, form, status=200):
        return render(
            request, "command/orders/order_form.html", {"incident": incident, "form": form}, status=status
        )


class MoveOrder(LoginRequiredMixin, View):
    """One step of an order: POST, then back to where the button was pressed."""

    @once
    def post(self, request, number, verb):
        if verb not in OrderVerb.values:
            raise Http404
        order = queries.get_order(request.reach, number)
        form = forms.StepForm(request.POST)
        form.is_valid()
        rev = request.POST.get("rev", "")
        actions.move_order(
            order_id=order.pk,
            reach=request.reach,
            verb=verb,
            now=request.now,
            note=form.cleaned_data.get("note", ""),
            rev=read_number(rev),
        )
        return back_to(request, reverse("incident", args=[order.incident.number]))
