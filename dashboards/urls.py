from django.urls import path

from dashboards import views
from dashboards.archive.views import IncidentArchive
from dashboards.promise.views import PromisePage
from dashboards.receipt import Receipt
from dashboards.whole import ClocksPage, OrdersPage

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("duty/", views.DutyBoard.as_view(), name="duty"),
    path("command/", views.CommanderBoard.as_view(), name="commander"),
    path("squad/", views.SquadBoard.as_view(), name="squad"),
    path("orders/", OrdersPage.as_view(), name="orders"),
    path("time-limits/", ClocksPage.as_view(), name="time-limits"),
    path("promise/", PromisePage.as_view(), name="promise"),
    path("journal/", views.JournalPage.as_view(), name="journal"),
    path("alarm/<code:number>/", Receipt.as_view(), name="alarm-sent"),
    path("incidents/<code:number>/archive.zip", IncidentArchive.as_view(), name="incident-archive"),
    path("incidents/<code:number>/", views.IncidentPage.as_view(), name="incident"),
]
