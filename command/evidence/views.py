"""The acts on the index of evidence: POST, then back to the incident's page."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.views import View

from command.evidence import actions, forms, queries
from command.linkage.views import in_order
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents.views import IncidentAct


class Enter(IncidentAct):
    form_class = forms.EvidenceForm

    def act(self, request, incident, form):
        given = {**form.cleaned_data}
        actions.enter_evidence(
            incident_id=incident.pk, reach=request.reach, now=request.now, kept=forms.kept_of(given), **given
        )


class HandOn(LoginRequiredMixin, View):
    @once
    def post(self, request, pk):
        row = queries.get_item(request.reach, pk)
        given = in_order(forms.CustodyForm(request.POST))
        actions.hand_on_evidence(
            item_id=row.pk, reach=request.reach, now=request.now, kept=forms.kept_of(given), **given
        )
        return see_other("incident", row.incident.number)
