from django.urls import path

from written_reports import views

urlpatterns = [
    path("reports/written/", views.WrittenList.as_view(), name="written-reports"),
    path("reports/written/year/<code:unit>/<int:year>/", views.WrittenYear.as_view(), name="written-year"),
    path(
        "reports/written/<code:unit>/<code:plan>/<code:clock>/<code:period>/",
        views.WrittenPage.as_view(),
        name="written-report",
    ),
    path(
        "reports/written/<code:unit>/<code:plan>/<code:clock>/<code:period>/receive/",
        views.Receive.as_view(),
        name="written-report-receive",
    ),
    path(
        "reports/written/<code:unit>/<code:plan>/<code:clock>/<code:period>/paper.<slug:kind>",
        views.WrittenPaper.as_view(),
        name="written-report-paper",
    ),
]
