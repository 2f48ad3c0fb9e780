from django.urls import path

from dashboards.statistics import views

urlpatterns = [
    path("reports/history/", views.HistoryPage.as_view(), name="reports-history"),
    path("reports/burden/", views.BurdenPage.as_view(), name="reports-burden"),
]
