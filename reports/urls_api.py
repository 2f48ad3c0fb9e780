from django.urls import path

from reports import api

urlpatterns = [
    path("zero-reports/summary/", api.ReportSummary.as_view(), name="zero-report-summary"),
    path("zero-reports/<str:unit>/<str:period>/", api.ZeroReports.as_view(), name="zero-report"),
]
