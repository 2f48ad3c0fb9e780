from django.urls import path

from cases.answers_due import api as answers_due
from cases.demands import api as demands
from cases.hotline import api as hotline
from cases.leader_cases import api as leader_cases
from cases.matters import api as matters
from cases.meetings import api as meetings
from cases.receptions import api as receptions
from cases.slips import api as slips

urlpatterns = [
    path("daily-meetings/", meetings.Meetings.as_view(), name="daily-meetings"),
    path("answers-due/", answers_due.AnswersDue.as_view(), name="answers-due"),
    path("answers-due/digest/", answers_due.Digest.as_view(), name="answers-due-digest"),
    path("demands/", demands.Demands.as_view(), name="demands"),
    path("demands/<code:number>/", demands.OneDemand.as_view(), name="demand"),
    path("demands/<code:number>/slip/", slips.SlipCode.as_view(), name="demand-slip"),
    path("demands/<code:number>/<slug:verb>/", demands.DemandAct.as_view(), name="demand-act"),
    path("hotline-totals/", hotline.HotlineTotals.as_view(), name="hotline-totals"),
    path("receptions/", receptions.Receptions.as_view(), name="receptions"),
    path("receptions/<code:number>/", receptions.OneReception.as_view(), name="reception"),
    path("receptions/<code:number>/<slug:verb>/", receptions.ReceptionAct.as_view(), name="reception-act"),
    path("leader-cases/", leader_cases.LeaderCases.as_view(), name="leader-cases"),
    path("leader-cases/<code:number>/", leader_cases.OneLeaderCase.as_view(), name="leader-case"),
    path(
        "leader-cases/<code:number>/<slug:verb>/",
        leader_cases.LeaderCaseAct.as_view(),
        name="leader-case-act",
    ),
    path("matters/<code:number>/accept/", matters.AcceptMatter.as_view(), name="matter-accept"),
]
