from django.urls import path

from dashboards import views

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("duty/", views.DutyBoard.as_view(), name="duty"),
    path("command/", views.CommanderBoard.as_view(), name="commander"),
    path("squad/", views.SquadBoard.as_view(), name="squad"),
    path("journal/", views.JournalPage.as_view(), name="journal"),
    path("incidents/<str:number>/", views.IncidentPage.as_view(), name="incident"),
]
