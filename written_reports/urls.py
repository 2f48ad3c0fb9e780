from django.urls import path

from written_reports import views as written

urlpatterns = [
    path("reports/written/", written.WrittenList.as_view(), name="written-reports"),
    path("reports/written/year/<code:unit>/<int:year>/", written.WrittenYear.as_view(), name="written-year"),
    path(
        "reports/written/<code:unit>/<code:plan>/<code:clock>/<code:period>/",
        written.WrittenPage.as_view(),
        name="written-report",
    ),
    path(
        "reports/written/<code:unit>/<code:plan>/<code:clock>/<code:period>/receive/",
        written.Receive.as_view(),
        name="written-report-receive",
    ),
    path(
        "reports/written/<code:unit>/<code:plan>/<code:clock>/<code:period>/paper.<slug:kind>",
        written.WrittenPaper.as_view(),
        name="written-report-paper",
    ),
]
