from django.urls import path

from accounts.screens.views import Connect
from dashboards.archive.views import IncidentArchive
from dashboards.boards import views
from dashboards.boards.whole import ClocksPage, OrdersPage
from dashboards.brief.views import IncidentBrief
from dashboards.desktop_notices import DesktopNotices
from dashboards.help.views import (
    FirstStepsDone,
    HandbookPage,
    HandbookPaper,
    HelpCard,
    HelpIndex,
    HelpSubject,
)
from dashboards.incident.receipt import Receipt
from dashboards.incident.views import IncidentPage
from dashboards.journal.views import JournalPage
from dashboards.maps import views as maps
from dashboards.promise.views import PromisePage
from dashboards.rights.views import PermissionsPage
from dashboards.search.views import Search
from dashboards.shortcuts import Shortcuts
from dashboards.wall.views import Wall

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("duty/", views.DutyBoard.as_view(), name="duty"),
    path("command/", views.CommanderBoard.as_view(), name="commander"),
    path("squad/", views.SquadBoard.as_view(), name="squad"),
    path("orders/", OrdersPage.as_view(), name="orders"),
    path("search/", Search.as_view(), name="search"),
    path("desktop-notices/", DesktopNotices.as_view(), name="desktop-notices"),
    path("shortcuts/", Shortcuts.as_view(), name="shortcuts"),
    path("help/", HelpIndex.as_view(), name="help"),
    path("help/cards/<slug:slug>/", HelpCard.as_view(), name="help-card"),
    path("help/cards/<slug:slug>/seen/", FirstStepsDone.as_view(), name="help-card-seen"),
    path("help/handbooks/<slug:slug>/", HandbookPage.as_view(), name="handbook"),
    path("help/handbooks/<slug:slug>.pdf", HandbookPaper.as_view(), name="handbook-paper"),
    path("help/<slug:slug>/", HelpSubject.as_view(), name="help-subject"),
    path("time-limits/", ClocksPage.as_view(), name="time-limits"),
    path("promise/", PromisePage.as_view(), name="promise"),
    path("permissions/", PermissionsPage.as_view(), name="permissions"),
    path("journal/", JournalPage.as_view(), name="journal"),
    path("wall/", Wall.as_view(), name="wall"),
    path("wall/connect/", Connect.as_view(), name="wall-connect"),
    path("map/", maps.MapPage.as_view(), name="map"),
    path("map/outline/<slug:key>.svg", maps.Outline.as_view(), name="map-outline"),
    path("map/tiles/<slug:key>/<int:zoom>/<int:x>/<int:y>", maps.TileImage.as_view(), name="map-tile"),
    path("alarm/<code:number>/", Receipt.as_view(), name="alarm-sent"),
    path("incidents/<code:number>/archive/", IncidentArchive.as_view(), name="incident-archive"),
    path("incidents/<code:number>/brief.<slug:kind>", IncidentBrief.as_view(), name="incident-brief"),
    path("incidents/<code:number>/", IncidentPage.as_view(), name="incident"),
]
