from django.urls import path

from zero_reports.filing import api
from zero_reports.links.api import Links
from zero_reports.lock.api import Exceptions, OneException

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
]
