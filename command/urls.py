from django.urls import path

from command.orders import views

urlpatterns = [
    path("incidents/<code:number>/order/", views.IssueOrder.as_view(), name="order-new"),
    path("orders/<code:number>/<str:verb>/", views.MoveOrder.as_view(), name="order-move"),
]
