from django.urls import path

from reports import api
from reports.demands import api as demands
from reports.links.api import Links
from reports.lock.api import Exceptions, OneException

urlpatterns = [
    path("zero-reports/summary/", api.ReportSummary.as_view(), name="zero-report-summary"),
    path("zero-reports/<code:unit>/<code:period>/", api.ZeroReports.as_view(), name="zero-report"),
    path("zero-reports/<code:unit>/<code:period>/links/", Links.as_view(), name="zero-report-links"),
    path(
        "zero-reports/<code:unit>/<code:period>/exceptions/",
        Exceptions.as_view(),
        name="zero-report-exceptions",
    ),
    path(
        "zero-reports/<code:unit>/<code:period>/exceptions/<int:pk>/",
        OneException.as_view(),
        name="zero-report-exception",
    ),
    path("matters/<code:number>/demand/", demands.OneDemand.as_view(), name="demand"),
    path("matters/<code:number>/demand/steps/", demands.DemandSteps.as_view(), name="demand-steps"),
    path("matters/<code:number>/demand/reply/", demands.DemandReply.as_view(), name="demand-reply"),
    path("matters/<code:number>/demand/close/", demands.DemandClose.as_view(), name="demand-close"),
]
