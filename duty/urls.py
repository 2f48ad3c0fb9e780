from django.urls import path

from duty.callout_preview import views as callout_preview
from duty.comms_checks import views as comms_checks
from duty.responsibles import views as responsibles
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
    path("readiness/ask/", callout_preview.AskPage.as_view(), name="ask-roster"),
    path("readiness/units/", responsibles.UnitGrid.as_view(), name="unit-readiness"),
    path("readiness/units/file/", responsibles.ResponsiblesFile.as_view(), name="responsibles-file"),
    path("readiness/units/<code:code>/", responsibles.Naming.as_view(), name="unit-responsibles"),
    path("readiness/", comms_checks.GridPage.as_view(), name="readiness"),
    path("readiness/tests/<int:pk>/", comms_checks.CheckPage.as_view(), name="readiness-test"),
    path("readiness/tests/<int:pk>/cancel/", comms_checks.CancelCheck.as_view(), name="readiness-cancel"),
    path("readiness/people/<int:pk>/answered/", comms_checks.Answered.as_view(), name="number-answered"),
    path("readiness/number/", comms_checks.NumberPage.as_view(), name="number"),
    path("readiness/number/code/", comms_checks.SendCode.as_view(), name="number-code"),
]
