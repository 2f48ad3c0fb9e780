from django.urls import path

from command.orders import api

urlpatterns = [
    path("orders/", api.Orders.as_view(), name="orders"),
    path("orders/<code:number>/", api.OneOrder.as_view(), name="order"),
    path("orders/<code:number>/<str:verb>/", api.OrderStep.as_view(), name="order-step"),
]
