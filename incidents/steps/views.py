"""Note a step: POST, then back to the incident's page."""

from incidents.steps import actions, queries
from incidents.steps.forms import StepForm
from incidents.views import IncidentAct


class Note(IncidentAct):
    def form_of(self, request, incident):
        return StepForm(request.POST, steps=queries.choices(queries.steps_of(incident, request.now)))

    def act(self, request, incident, form):
        actions.note_step(incident_id=incident.pk, reach=request.reach, now=request.now, **form.cleaned_data)
