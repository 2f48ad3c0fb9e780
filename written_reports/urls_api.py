from django.urls import path

from written_reports import api

urlpatterns = [
    path("written-reports/", api.WrittenReports.as_view(), name="written-reports"),
    path(
        "written-reports/<code:unit>/<code:plan>/<code:clock>/<code:period>/",
        api.OneWrittenReport.as_view(),
        name="written-report",
    ),
    path(
        "written-reports/<code:unit>/<code:plan>/<code:clock>/<code:period>/receipt/",
        api.Receipt.as_view(),
        name="written-report-receipt",
    ),
]
