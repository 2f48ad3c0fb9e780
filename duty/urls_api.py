from django.urls import path

from duty.callout_preview import api as asking
from duty.shifts import api as shifts

urlpatterns = [
    path("rosters/ask/", asking.AskRoster.as_view(), name="ask-roster"),
    path("shifts/<int:pk>/confirm/", shifts.Confirm.as_view(), name="shift-confirm"),
]
