"""The acts on statements: POST, then back to the incident's page."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.views import View

from command.linkage.views import in_order
from command.statements import actions, forms, queries, rules
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents.views import IncidentAct


class Draft(IncidentAct):
    form_class = forms.StatementForm

    def act(self, request, incident, form):
        actions.draft_statement(
            incident_id=incident.pk, reach=request.reach, now=request.now, **form.cleaned_data
        )


class Act(LoginRequiredMixin, View):
    @once
    def post(self, request, pk, verb):
        if verb not in rules.ON_A_STATEMENT:
            raise Http404
        row = queries.get_statement(request.reach, pk)
        given = in_order(forms.StatementActForm(request.POST))
        actions.move_statement(statement_id=row.pk, reach=request.reach, verb=verb, now=request.now, **given)
        return see_other("incident", row.incident.number)
