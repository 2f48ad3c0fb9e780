from django.urls import path

from dashboards.statistics import views
from dashboards.statistics.charts.views import PicturesPage
from dashboards.statistics.yearly_views import YearlyPage

urlpatterns = [
    path("reports/history/", views.HistoryPage.as_view(), name="reports-history"),
    path("reports/burden/", views.BurdenPage.as_view(), name="reports-burden"),
    path("statistics/stages/", views.StagesPage.as_view(), name="incident-stages"),
    path("statistics/yearly/", YearlyPage.as_view(), name="yearly"),
    path("statistics/pictures/", PicturesPage.as_view(), name="pictures"),
]
