from django.urls import path

from reports import api
from reports.links.api import Links

urlpatterns = [
    path("zero-reports/summary/", api.ReportSummary.as_view(), name="zero-report-summary"),
    path("zero-reports/<str:unit>/<str:period>/", api.ZeroReports.as_view(), name="zero-report"),
    path("zero-reports/<str:unit>/<str:period>/links/", Links.as_view(), name="zero-report-links"),
]
