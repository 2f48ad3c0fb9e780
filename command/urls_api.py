from django.urls import path

from command import api
from command.asking import api as asking
from command.rosters import api as rosters

urlpatterns = [
    path("orders/", api.Orders.as_view(), name="orders"),
    path("orders/<str:number>/", api.OneOrder.as_view(), name="order"),
    path("orders/<str:number>/<str:verb>/", api.OrderStep.as_view(), name="order-step"),
    path("rosters/ask/", asking.AskRoster.as_view(), name="ask-roster"),
    path("rosters/on-duty/", rosters.OnDutyNow.as_view(), name="on-duty"),
    path("rosters/people/<str:username>.ics", rosters.OwnFeed.as_view(), name="roster-feed-own"),
    path("rosters/<str:unit>.ics", rosters.Feed.as_view(), name="roster-feed"),
    path("rosters/<str:unit>/", rosters.Month.as_view(), name="roster-month"),
    path("shifts/<int:pk>/confirm/", rosters.Confirm.as_view(), name="shift-confirm"),
]
