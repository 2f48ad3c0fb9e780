from django.urls import path

from dashboards.ledgers import api as ledgers
from dashboards.search import api as search
from dashboards.statistics import api as statistics

urlpatterns = [
    path("subjects/<str:key>/", search.OneSubject.as_view(), name="subject"),
    path("ledgers/", ledgers.Ledgers.as_view(), name="ledgers"),
    path("ledgers/<slug:slug>/", ledgers.OneLedger.as_view(), name="ledger"),
    path("ledgers/<slug:slug>/<int:year>/", ledgers.LedgerYear.as_view(), name="ledger-year"),
    path("pictures/", statistics.Pictures.as_view(), name="pictures"),
    path("yearly-figures/", statistics.YearlyFigures.as_view(), name="yearly-figures"),
]
