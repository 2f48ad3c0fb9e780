from django.urls import path

from incidents import views
from incidents.emergency import views as emergency
from incidents.positions import views as positions
from incidents.steps import views as steps
from incidents.switching import views as switching
from incidents.voice_notes import views as voice_notes

urlpatterns = [
    path("alarm/", views.AlarmPage.as_view(), name="alarm"),
    path("emergency/", emergency.EmergencyPage.as_view(), name="emergency"),
    path("emergency/<int:pk>/end/", emergency.EndAccess.as_view(), name="emergency-end"),
    path("emergency/<int:pk>/review/", emergency.ReviewAccess.as_view(), name="emergency-review"),
    path("incidents/", views.IncidentListPage.as_view(), name="incidents"),
    path("incidents/new/", views.DeskEntry.as_view(), name="incident-new"),
    path("incidents/<code:number>/take/", views.Take.as_view(), name="incident-take"),
    path("incidents/<code:number>/observe/", views.Observe.as_view(), name="incident-observe"),
    path("incidents/<code:number>/check/", views.Check.as_view(), name="incident-check"),
    path("incidents/<code:number>/step/", steps.Note.as_view(), name="incident-step"),
    path("incidents/<code:number>/voice-note/", voice_notes.VoiceNoteFile.as_view(), name="voice-note"),
    path("incidents/<code:number>/plan/", switching.SwitchPage.as_view(), name="incident-switch-plan"),
    path("incidents/<code:number>/position/", positions.PositionPage.as_view(), name="incident-position"),
    path("incidents/<code:number>/merge/", views.MergeInto.as_view(), name="incident-merge"),
    path("incidents/<code:number>/share/", views.ShareWith.as_view(), name="incident-share"),
    path("incidents/<code:number>/unshare/", views.Unshare.as_view(), name="incident-unshare"),
    path("incidents/<code:number>/retract/", views.Retract.as_view(), name="incident-retract"),
    path("incidents/<code:number>/close/", views.Close.as_view(), name="incident-close"),
    path("incidents/<code:number>/reopen/", views.Reopen.as_view(), name="incident-reopen"),
]
