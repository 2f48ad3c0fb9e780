from django.urls import path

from incidents import api
from incidents.checklist import api as checklist
from incidents.emergency import api as emergency
from incidents.positions import api as positions
from incidents.steps import api as steps
from incidents.switching import api as switching
from incidents.voice_notes import api as voice_notes

urlpatterns = [
    path("alarms/", api.Alarms.as_view(), name="alarms"),
    path("alarms/<str:client_id>/voice-note/", voice_notes.AlarmVoiceNote.as_view(), name="alarm-voice-note"),
    path("emergency-access/", emergency.EmergencyAccesses.as_view(), name="emergency-access"),
    path("incidents/", api.Incidents.as_view(), name="incidents"),
    path("incidents/<code:number>/", api.OneIncident.as_view(), name="incident"),
    path("incidents/<code:number>/timeline/", api.Timeline.as_view(), name="timeline"),
    path("incidents/<code:number>/observations/", api.Observations.as_view(), name="observations"),
    path("incidents/<code:number>/checklist/", checklist.IncidentChecklist.as_view(), name="checklist"),
    path("incidents/<code:number>/steps/", steps.Steps.as_view(), name="steps"),
    path("incidents/<code:number>/plan/", switching.SwitchPlan.as_view(), name="switch-plan"),
    path("incidents/<code:number>/position/", positions.CorrectPosition.as_view(), name="position"),
    path("incidents/<code:number>/close/", api.Close.as_view(), name="close"),
]
