from django.urls import path

from duty.callout_preview import api as callout_preview
from duty.responsibles import api as responsibles
from duty.shifts import api as shifts

urlpatterns = [
    path("unit-readiness/", responsibles.UnitReadiness.as_view(), name="unit-readiness"),
    path(
        "units/<code:code>/responsibles/", responsibles.UnitResponsibles.as_view(), name="unit-responsibles"
    ),
    path("rosters/ask/", callout_preview.AskRoster.as_view(), name="ask-roster"),
    path("shifts/<int:pk>/confirm/", shifts.Confirm.as_view(), name="shift-confirm"),
]
