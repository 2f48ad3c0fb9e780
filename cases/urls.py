from django.urls import path

from cases.answers_due import views as answers_due
from cases.demands import views as demands
from cases.hotline.views import HotlinePage
from cases.leader_cases import views as leader_cases
from cases.matters import views as matters
from cases.meetings import views as meetings
from cases.official_forms import views as official_forms
from cases.receptions import views as receptions
from cases.receptions.public import ReceptionHours
from cases.reconciliation import views as reconciliation
from cases.slips import views as slips

urlpatterns = [
    path("answers-due/", answers_due.AnswersDue.as_view(), name="answers-due"),
    path("answers-due/<code:code>/hour/", answers_due.ChooseHour.as_view(), name="answers-due-hour"),
    path("demands/", demands.Ledger.as_view(), name="demands"),
    path("demands/register/", demands.Register.as_view(), name="demand-register"),
    path("demands/<code:number>/", demands.DemandPage.as_view(), name="demand"),
    path("demands/<code:number>/slip/", slips.Slip.as_view(), name="demand-slip"),
    path("demands/<code:number>/slip/revoke/", slips.Revoke.as_view(), name="demand-slip-revoke"),
    path("d/<code:code>/", slips.PublicPage.as_view(), name="demand-public"),
    path("demands/<code:number>/<slug:verb>/", demands.DemandAct.as_view(), name="demand-act"),
    path("reception-hours/<code:code>/", ReceptionHours.as_view(), name="reception-hours"),
    path("receptions/", receptions.ReceptionList.as_view(), name="receptions"),
    path("receptions/book/", receptions.Book.as_view(), name="reception-book"),
    path("receptions/counter/", receptions.Counter.as_view(), name="reception-counter"),
    path("receptions/<code:number>/", receptions.ReceptionPage.as_view(), name="reception"),
    path("receptions/<code:number>/counter/", receptions.Counter.as_view(), name="reception-begin"),
    path(
        "receptions/<code:number>/receipt.<slug:kind>", receptions.Receipt.as_view(), name="reception-receipt"
    ),
    path("receptions/<code:number>/<slug:verb>/", receptions.ReceptionAct.as_view(), name="reception-act"),
    path("leader-cases/", leader_cases.CaseList.as_view(), name="leader-cases"),
    path("leader-cases/propose/", leader_cases.Propose.as_view(), name="leader-case-propose"),
    path("leader-cases/<code:number>/", leader_cases.CasePage.as_view(), name="leader-case"),
    path(
        "leader-cases/<code:number>/paper.<slug:kind>",
        leader_cases.CasePaper.as_view(),
        name="leader-case-paper",
    ),
    path("leader-cases/<code:number>/<slug:verb>/", leader_cases.CaseAct.as_view(), name="leader-case-act"),
    path("reports/meetings/", meetings.MeetingsPage.as_view(), name="daily-meetings"),
    path("reports/meetings/<code:code>/", meetings.NoteMeeting.as_view(), name="daily-meeting-note"),
    path("reports/meetings/<code:code>/end/", meetings.EndMeetings.as_view(), name="daily-meetings-end"),
    path("reports/matters/", matters.MatterList.as_view(), name="matters"),
    path("reports/matters/register/", matters.Register.as_view(), name="matter-register"),
    path("reports/matters/<code:number>/", matters.MatterPage.as_view(), name="matter"),
    path("reports/matters/<code:number>/take-on/", demands.TakeOn.as_view(), name="demand-take-on"),
    path("reports/matters/<code:number>/<slug:verb>/", matters.Act.as_view(), name="matter-act"),
    path("reports/forms/", official_forms.FormList.as_view(), name="official-forms"),
    path("reports/forms/begin/", official_forms.Begin.as_view(), name="official-form-begin"),
    path("reports/forms/<code:number>/", official_forms.FormPage.as_view(), name="official-form"),
    path(
        "reports/forms/<code:number>/paper.<slug:kind>",
        official_forms.FormPaper.as_view(),
        name="official-form-paper",
    ),
    path("reports/hotline/", HotlinePage.as_view(), name="hotline"),
    path("reports/agreement/", reconciliation.AgreementPage.as_view(), name="reports-agreement"),
]
