"""The page on which an incident's position is put right."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View

from common.errors import Invalid
from common.text.whole_numbers import read_number
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents import permissions, queries
from incidents.positions import actions
from incidents.positions.forms import PositionForm
from incidents.positions.queries import former_positions
from incidents.reporting.actions import POSITION


class PositionPage(LoginRequiredMixin, View):
    def get(self, request, number):
        incident = self._incident(request, number)
        return self._page(
            request, incident, PositionForm(initial={name: getattr(incident, name) for name in POSITION})
        )

    @once
    def post(self, request, number):
        incident = self._incident(request, number)
        form = PositionForm(request.POST)
        if not form.is_valid():
            return self._page(request, incident, form, status=422)
        try:
            actions.correct_position(
                incident_id=incident.pk,
                reach=request.reach,
                position=form.position,
                reason=form.cleaned_data["reason"],
                now=request.now,
                rev=read_number(request.POST.get("rev", "")),
            )
        except Invalid as invalid:
            for name, sentences in invalid.fields.items():
                form.add_error(name, sentences)
            return self._page(request, incident, form, status=422)
        messages.success(request, _("The position was put right."))
        return see_other("incident", incident.number)

    def _incident(self, request, number):
        incident = queries.get_incident(request.reach, number)
        permissions.check_can_manage(request.reach, incident)
        return incident

    def _page(self, request, incident, form, status=200):
        context = {"incident": incident, "form": form, "former": former_positions(incident)}
        return render(request, "incidents/positions/correct.html", context, status=status)
