from django.urls import path

from reports import views
from reports.lock.views import Grant

urlpatterns = [
    path("report/", views.ReportPage.as_view(), name="report"),
    path("report/missing/", views.MissingPage.as_view(), name="reports-missing"),
    path("report/table/", views.TablePage.as_view(), name="reports-table"),
    path("report/matrix/", views.MatrixPage.as_view(), name="reports-matrix"),
    path("report/matrix/workbook/", views.MatrixWorkbook.as_view(), name="reports-matrix-workbook"),
    path("report/<str:unit>/<str:period>/", views.OneReport.as_view(), name="zero-report"),
    path("report/<str:unit>/<str:period>/exception/", Grant.as_view(), name="zero-report-exception"),
    path("report/<str:unit>/<str:period>/items/", views.ItemsPage.as_view(), name="zero-report-items"),
]
