"""The acts of attendance: POST, then back to the incident's page."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.views import View

from command.attendance import actions, forms, queries
from command.attendance.choices import CallVerb, OfferVerb
from command.linkage.views import in_order
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents.views import IncidentAct


class Notify(IncidentAct):
    form_class = forms.NotifyForm

    def act(self, request, incident, form):
        given = {**form.cleaned_data}
        kind, units = given.pop("called_kind"), given.pop("units").splitlines()
        actions.notify_units(
            incident_id=incident.pk, reach=request.reach, kind=kind, units=units, now=request.now, **given
        )


class MoveCall(LoginRequiredMixin, View):
    @once
    def post(self, request, pk, verb):
        if verb not in {CallVerb.ARRIVE, CallVerb.LEAVE, CallVerb.STAND_DOWN}:
            raise Http404
        call = queries.get_call(request.reach, pk)
        given = in_order(forms.CallForm(request.POST))
        actions.move_call(call_id=call.pk, reach=request.reach, verb=verb, now=request.now, **given)
        return see_other("incident", call.incident.number)


class Offer(IncidentAct):
    form_class = forms.OfferForm

    def act(self, request, incident, form):
        actions.offer_reception(
            incident_id=incident.pk, reach=request.reach, now=request.now, **form.cleaned_data
        )


class AnswerOffer(LoginRequiredMixin, View):
    @once
    def post(self, request, pk, verb):
        if verb not in {OfferVerb.TAKE_UP, OfferVerb.LET_PASS}:
            raise Http404
        offer = queries.get_offer(request.reach, pk)
        actions.answer_offer(offer_id=offer.pk, reach=request.reach, verb=verb, now=request.now)
        return see_other("incident", offer.incident.number)


class Decide(IncidentAct):
    form_class = forms.RouteForm

    def act(self, request, incident, form):
        actions.decide_route(
            incident_id=incident.pk, reach=request.reach, now=request.now, **form.cleaned_data
        )
