"""The acts on measures: POST, then back to the incident's page."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.views import View

from command.linkage.views import in_order
from command.measures import actions, forms, queries, rules
from command.measures.actions import Stated
from command.measures.choices import MeasureVerb
from common.web.idempotency import once
from common.web.redirects import see_other
from incidents.views import IncidentAct


class Take(IncidentAct):
    form_class = forms.MeasureForm

    def form_of(self, request, incident):
        majors = queries.majors_of(queries.plans_of(incident, request.now))
        return self.form_class(request.POST, majors=majors)

    def act(self, request, incident, form):
        given = {**form.cleaned_data}
        at = given.pop("at")
        actions.take_measure(
            incident_id=incident.pk, reach=request.reach, stated=Stated(**given), at=at, now=request.now
        )


class Ask(Take):
    form_class = forms.RequestForm

    def act(self, request, incident, form):
        actions.ask_approval(
            incident_id=incident.pk, reach=request.reach, stated=Stated(**form.cleaned_data), now=request.now
        )


class Act(LoginRequiredMixin, View):
    @once
    def post(self, request, pk, verb):
        if verb not in rules.ON_A_REQUEST:
            raise Http404
        row = queries.get_measure(request.reach, pk)
        form = forms.MomentForm if verb == MeasureVerb.TAKE else forms.AnswerForm
        given = in_order(form(request.POST))
        actions.move_measure(measure_id=row.pk, reach=request.reach, verb=verb, now=request.now, **given)
        return see_other("incident", row.incident.number)
