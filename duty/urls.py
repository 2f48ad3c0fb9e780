from django.urls import path

from duty.callout_preview import views as asking
from duty.comms_checks import views as readiness
from duty.shifts import mine
from duty.shifts import views as shifts

urlpatterns = [
    path("rosters/mine/", mine.MinePage.as_view(), name="rosters-mine"),
    path("rosters/shifts/<int:pk>/confirm/", shifts.ConfirmShift.as_view(), name="shift-confirm"),
    path("handovers/<int:pk>/", shifts.HandoverPage.as_view(), name="handover"),
    path("handovers/<int:pk>/give/", shifts.Give.as_view(), name="handover-give"),
    path("handovers/<int:pk>/take/", shifts.Take.as_view(), name="handover-take"),
    path("papers/", shifts.PacksPage.as_view(), name="papers"),
    path("papers/<int:pk>/pack.pdf", shifts.PackFile.as_view(), name="paper-file"),
    path("papers/<int:pk>/again/", shifts.PackAgain.as_view(), name="paper-again"),
    path("readiness/ask/", asking.AskPage.as_view(), name="ask-roster"),
    path("readiness/", readiness.GridPage.as_view(), name="readiness"),
    path("readiness/tests/<int:pk>/", readiness.CheckPage.as_view(), name="readiness-test"),
    path("readiness/tests/<int:pk>/cancel/", readiness.CancelCheck.as_view(), name="readiness-cancel"),
    path("readiness/people/<int:pk>/answered/", readiness.Answered.as_view(), name="number-answered"),
    path("readiness/number/", readiness.NumberPage.as_view(), name="number"),
    path("readiness/number/code/", readiness.SendCode.as_view(), name="number-code"),
]
