from django.urls import path

from written_reports import api as written

urlpatterns = [
    path("written-reports/", written.WrittenReports.as_view(), name="written-reports"),
    path(
        "written-reports/<code:unit>/<code:plan>/<code:clock>/<code:period>/",
        written.OneWrittenReport.as_view(),
        name="written-report",
    ),
    path(
        "written-reports/<code:unit>/<code:plan>/<code:clock>/<code:period>/receipt/",
        written.Receipt.as_view(),
        name="written-report-receipt",
    ),
]
