from django.urls import path

from dashboards import views
from dashboards.promise.views import PromisePage

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("duty/", views.DutyBoard.as_view(), name="duty"),
    path("command/", views.CommanderBoard.as_view(), name="commander"),
    path("squad/", views.SquadBoard.as_view(), name="squad"),
    path("promise/", PromisePage.as_view(), name="promise"),
    path("journal/", views.JournalPage.as_view(), name="journal"),
    path("incidents/<str:number>/", views.IncidentPage.as_view(), name="incident"),
]
