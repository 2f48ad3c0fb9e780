from django.urls import path

from reports import views
from reports.links.views import Issue, OneTap, Revoke
from reports.lock.views import Grant, Withdraw
from reports.sheets.views import SheetIn, SheetOut

urlpatterns = [
    path("report/", views.ReportPage.as_view(), name="report"),
    path("report/missing/", views.MissingPage.as_view(), name="reports-missing"),
    path("report/table/", views.TablePage.as_view(), name="reports-table"),
    path("report/table/workbook/", SheetOut.as_view(), name="reports-sheet"),
    path("report/table/import/", SheetIn.as_view(), name="reports-sheet-in"),
    path("report/matrix/", views.MatrixPage.as_view(), name="reports-matrix"),
    path("report/matrix/workbook/", views.MatrixWorkbook.as_view(), name="reports-matrix-workbook"),
    path("report/<code:unit>/<code:period>/", views.OneReport.as_view(), name="zero-report"),
    path("r/<str:token>/", OneTap.as_view(), name="one-tap"),
    path("report/<code:unit>/<code:period>/link/", Issue.as_view(), name="zero-report-link"),
    path("report/<code:unit>/<code:period>/link/revoke/", Revoke.as_view(), name="zero-report-link-revoke"),
    path("report/<code:unit>/<code:period>/exception/", Grant.as_view(), name="zero-report-exception"),
    path(
        "report/<code:unit>/<code:period>/exception/<int:exception>/withdraw/",
        Withdraw.as_view(),
        name="zero-report-exception-withdraw",
    ),
    path("report/<code:unit>/<code:period>/items/", views.ItemsPage.as_view(), name="zero-report-items"),
]
