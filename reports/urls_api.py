from django.urls import path

from reports import api
from reports.demands import api as demands
from reports.links.api import Links
from reports.lock.api import Exceptions, OneException
from reports.written import api as written

urlpatterns = [
    path("zero-reports/summary/", api.ReportSummary.as_view(), name="zero-report-summary"),
    path("zero-reports/<str:unit>/<str:period>/", api.ZeroReports.as_view(), name="zero-report"),
    path("zero-reports/<str:unit>/<str:period>/links/", Links.as_view(), name="zero-report-links"),
    path(
        "zero-reports/<str:unit>/<str:period>/exceptions/",
        Exceptions.as_view(),
        name="zero-report-exceptions",
    ),
    path(
        "zero-reports/<str:unit>/<str:period>/exceptions/<int:pk>/",
        OneException.as_view(),
        name="zero-report-exception",
    ),
    path("written-reports/", written.WrittenReports.as_view(), name="written-reports"),
    path(
        "written-reports/<str:unit>/<str:plan>/<str:clock>/<str:period>/",
        written.OneWrittenReport.as_view(),
        name="written-report",
    ),
    path(
        "written-reports/<str:unit>/<str:plan>/<str:clock>/<str:period>/receipt/",
        written.Receipt.as_view(),
        name="written-report-receipt",
    ),
    path("matters/<str:number>/demand/", demands.OneDemand.as_view(), name="demand"),
    path("matters/<str:number>/demand/steps/", demands.DemandSteps.as_view(), name="demand-steps"),
    path("matters/<str:number>/demand/reply/", demands.DemandReply.as_view(), name="demand-reply"),
    path("matters/<str:number>/demand/close/", demands.DemandClose.as_view(), name="demand-close"),
]
