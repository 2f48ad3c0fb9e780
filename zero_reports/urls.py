from django.urls import path

from zero_reports.bulk.views import FiledPage, WorkbookDownload, WorkbookUpload
from zero_reports.filing import views
from zero_reports.links.views import Issue, OneTap, Revoke
from zero_reports.lock.views import Grant, Withdraw
from zero_reports.questions import views as questions
from zero_reports.rollups import views as rollups

urlpatterns = [
    path("report/", views.ReportPage.as_view(), name="report"),
    path("report/missing/", views.MissingPage.as_view(), name="reports-missing"),
    path("report/table/", views.TablePage.as_view(), name="reports-table"),
    path("report/table/workbook/", WorkbookDownload.as_view(), name="reports-sheet"),
    path("report/table/import/", WorkbookUpload.as_view(), name="reports-sheet-in"),
    path("report/table/import/<int:pk>/", FiledPage.as_view(), name="reports-sheet-filed"),
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
    path("reports/roll-up/", rollups.RollUpStart.as_view(), name="roll-up-start"),
    path("reports/roll-up/<code:unit>/<code:period>/", rollups.RollUpPage.as_view(), name="roll-up"),
    path(
        "reports/roll-up/<code:unit>/<code:period>/return/",
        rollups.ReturnDown.as_view(),
        name="roll-up-return",
    ),
    path(
        "reports/roll-up/<code:unit>/<code:period>/paper.<slug:kind>",
        rollups.RollUpPaper.as_view(),
        name="roll-up-paper",
    ),
    path("reports/volume/<code:unit>/<int:year>/", rollups.Volume.as_view(), name="volume"),
    path(
        "reports/volume/<code:unit>/<int:year>/volume.<slug:kind>",
        rollups.Volume.as_view(),
        name="volume-paper",
    ),
    path("reports/zeros/", questions.CredibilityPage.as_view(), name="reports-credibility"),
]
