from django.urls import path

from dashboards.ledgers import views

urlpatterns = [
    path("ledgers/", views.LedgerIndex.as_view(), name="ledgers"),
    path("ledgers/<slug:slug>/", views.LedgerPage.as_view(), name="ledger"),
    path("ledgers/<slug:slug>/<int:year>/", views.LedgerYear.as_view(), name="ledger-year"),
]
