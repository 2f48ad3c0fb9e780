"""Doors of orders: the form that issues one, and the acts that carry it on."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from command.enough.actions import call_several
from command.orders import actions, forms, permissions, queries, templates
from command.orders.choices import OrderVerb
from command.orders.issuing import Asked
from command.orders.prefilled import first_order
from command.orders.recipients import recipients_for
from command.orders.targets import read_targets
from common.errors import Invalid, WrongState
from common.text.whole_numbers import read_number
from common.web.filling import filled, is_empty, typed_in
from common.web.idempotency import once
from common.web.redirects import back_to, see_other
from incidents.queries import get_incident
from plans.document.general import enough_of


class OrderPage(LoginRequiredMixin, View):
    """What the forms that write an order have in common: whom it can go to, and the tasks that are ready."""

    form_class = forms.OrderForm

    def form_of(self, request, incident, **kwargs):
        return self.form_class(
            recipients=recipients_for(incident, request.reach, request.now),
            templates=templates.offered(incident),
            **kwargs,
        )

    def begun_with(self, incident, recipients):
        """Form field → what it begins with."""
        return {}

    def filled_in(self, request, incident, form):
        """The form as it was sent; where it was empty, with what the chosen template has."""
        typed, chosen = typed_in(form), templates.chosen_of(incident, form["template"].data)
        if chosen is None:
            return self.form_of(request, incident, initial=typed | {"template": ""})
        recipients = [value for value, _label in form.fields["to"].choices]
        # What the form began with nobody has typed.
        begun = self.begun_with(incident, recipients)
        typed |= {name: "" for name, value in begun.items() if typed[name] == value}
        first = filled(typed, chosen.fields_for(recipients)) | {"template": ""}
        fresh = self.form_of(request, incident, initial=first)
        fresh.set_recipient = chosen.recipient_for(recipients) if is_empty(typed["to"]) else ""
        if is_empty(typed["task"]):
            fresh.fields["task"].widget.attrs["autofocus"] = True
        return fresh


class IssueOrder(OrderPage):
    """The order form of an incident."""

    def get(self, request, number):
        incident = get_incident(request.reach, number)
        permissions.check_can_issue(request.reach, incident)
        form = self.form_of(request, incident)
        form.initial = self.begun_with(incident, [value for value, _label in form.fields["to"].choices])
        return self._page(request, incident, form)

    def begun_with(self, incident, recipients):
        return first_order(incident, recipients)

    @once
    def post(self, request, number):
        incident = get_incident(request.reach, number)
        form = self.form_of(request, incident, data=request.POST)
        permissions.check_can_issue(request.reach, incident)
        if "fill" in request.POST:
            return self._page(request, incident, self.filled_in(request, incident, form))
        if not form.is_valid():
            return self._page(request, incident, form, status=422)
        minutes = form.cleaned_data["minutes"]
        try:
            actions.issue_order(
                incident_id=incident.pk,
                reach=request.reach,
                target=actions.read_target(form.cleaned_data["to"]),
                task=form.cleaned_data["task"],
                checklist=form.cleaned_data["checklist"],
                arrive_by=request.now + timedelta(minutes=minutes) if minutes else None,
                now=request.now,
            )
        except Invalid as invalid:
            for name, sentences in invalid.fields.items():
                form.add_error(name if name in form.fields else None, sentences)
            return self._page(request, incident, form, status=422)
        return see_other("incident", incident.number)

    def _page(self, request, incident, form, status=200):
        return render(
            request, "command/orders/order_form.html", {"incident": incident, "form": form}, status=status
        )


class IssueOrders(OrderPage):
    """The same order to several: chosen, looked at with every recipient named, issued."""

    form_class = forms.OrdersForm

    def get(self, request, number):
        incident = self._incident(request, number)
        initial = {"enough": enough_of(incident.plan.document)}
        return self._page(request, incident, self.form_of(request, incident, initial=initial))

    @once
    def post(self, request, number):
        incident = self._incident(request, number)
        form = self.form_of(request, incident, data=request.POST)
        if "fill" in request.POST:
            return self._page(request, incident, self.filled_in(request, incident, form))
        if not form.is_valid() or "change" in request.POST:
            return self._page(request, incident, form, status=200 if form.is_valid() else 422)
        targets = read_targets(form.cleaned_data["to"])
        if "confirmed" not in request.POST:
            return self._preview(request, incident, form, targets)
        try:
            made = self._issue(request, incident, form.cleaned_data, targets.values())
        except WrongState as refused:
            if refused.code not in ("squad_has_an_order", "nobody_on_duty"):
                raise
            form.add_error(None, str(refused))
            return self._page(request, incident, form, status=422)
        messages.success(request, _("Issued: %(orders)s orders.") % {"orders": len(made)})
        return see_other("incident", incident.number)

    def _issue(self, request, incident, given, targets):
        """Once `enough` of them have acknowledged the others are stood down; without it all of them come."""
        by = request.now + timedelta(minutes=given["minutes"]) if given["minutes"] else None
        about = {"incident_id": incident.pk, "reach": request.reach, "now": request.now}
        if not given["enough"]:
            what = {"task": given["task"], "checklist": given["checklist"], "arrive_by": by}
            return actions.issue_orders(targets=targets, **what, **about)
        asked = [Asked(target, given["task"], by, given["checklist"]) for target in dict.fromkeys(targets)]
        return call_several(asked=asked, enough=given["enough"], **about)

    def _incident(self, request, number):
        incident = get_incident(request.reach, number)
        permissions.check_can_issue(request.reach, incident)
        return incident

    def _preview(self, request, incident, form, targets):
        labels = dict(form.fields["to"].choices)
        rows = queries.preview(incident, targets, request.now, labels)
        context = {"incident": incident, "form": form, "rows": rows, "drill": incident.drill}
        return render(request, "command/orders/orders_preview.html", context)

    def _page(self, request, incident, form, status=200):
        context = {"incident": incident, "form": form, "drill": incident.drill}
        return render(request, "command/orders/orders_form.html", context, status=status)


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
