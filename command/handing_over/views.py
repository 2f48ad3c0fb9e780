"""The acts of handing over: POST, then back to the incident's page."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.views import View

from command.handing_over import actions, forms, queries
from command.handing_over.actions import Given
from command.handing_over.choices import HandingVerb
from command.linkage.views import in_order
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents.views import IncidentAct
from resources.partners.choices import PartnerKind
from resources.partners.queries import partners_serving


class HandOver(IncidentAct):
    def form_of(self, request, incident):
        return forms.HandOverForm(request.POST, partners=partners_serving(incident.unit))

    def act(self, request, incident, form):
        given = {**form.cleaned_data}
        at, given["partner"] = given.pop("at"), queries.partner_for(incident, given["partner"])
        given["agency_kind"] = given["agency_kind"] or PartnerKind.OTHER
        actions.hand_over(
            incident_id=incident.pk, reach=request.reach, given=Given(**given), at=at, now=request.now
        )


class NoteAnswer(LoginRequiredMixin, View):
    @once
    def post(self, request, pk, verb):
        if verb not in {HandingVerb.TAKEN, HandingVerb.NOT_TAKEN}:
            raise Http404
        row = queries.get_handed(request.reach, pk)
        given = in_order(forms.AnswerForm(request.POST))
        actions.note_answer(handed_id=row.pk, reach=request.reach, verb=verb, now=request.now, **given)
        return see_other("incident", row.incident.number)
