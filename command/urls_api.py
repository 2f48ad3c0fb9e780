from django.urls import path

from command import api
from command.asking import api as asking
from command.shifts import api as shifts

urlpatterns = [
    path("orders/", api.Orders.as_view(), name="orders"),
    path("orders/<code:number>/", api.OneOrder.as_view(), name="order"),
    path("orders/<code:number>/<str:verb>/", api.OrderStep.as_view(), name="order-step"),
    path("rosters/ask/", asking.AskRoster.as_view(), name="ask-roster"),
    path("shifts/<int:pk>/confirm/", shifts.Confirm.as_view(), name="shift-confirm"),
]
