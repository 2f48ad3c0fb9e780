from django.urls import path

from duty.callout_preview import api as callout_preview
from duty.shifts import api as shifts

urlpatterns = [
    path("rosters/ask/", callout_preview.AskRoster.as_view(), name="ask-roster"),
    path("shifts/<int:pk>/confirm/", shifts.Confirm.as_view(), name="shift-confirm"),
]
