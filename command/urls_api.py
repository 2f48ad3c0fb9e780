from django.urls import path

from command.linkage import api as linkage
from command.orders import api

urlpatterns = [
    path("orders/", api.Orders.as_view(), name="orders"),
    path("orders/<code:number>/", api.OneOrder.as_view(), name="order"),
    path("orders/<code:number>/<str:verb>/", api.OrderStep.as_view(), name="order-step"),
    path("linkage-orders/", linkage.LinkageOrders.as_view(), name="linkage-orders"),
    path("linkage-orders/<code:number>/", linkage.OneLinkageOrder.as_view(), name="linkage-order"),
    *[
        path(f"linkage-orders/<code:number>/{verb}/", act.as_view(), name=f"linkage-{verb}")
        for verb, act in linkage.ACTS.items()
    ],
    path("linkage-orders/<code:number>/<str:kind>/", linkage.Report.as_view(), name="linkage-report"),
    path("linkage-reports/<int:pk>/try/", linkage.TryAgain.as_view(), name="linkage-report-try"),
    path("linkage-reports/<int:pk>/receipt/", linkage.Receipt.as_view(), name="linkage-report-receipt"),
    path(
        "incidents/<code:number>/linkage-reports/",
        linkage.IncidentReports.as_view(),
        name="incident-linkage-reports",
    ),
]
