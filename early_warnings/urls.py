from django.urls import path

from early_warnings import views
from early_warnings.proposals import proposal_views

urlpatterns = [
    path("incidents/<code:number>/warning/", proposal_views.ProposalPage.as_view(), name="warning-new"),
    path("early-warnings/", views.WarningListPage.as_view(), name="warnings"),
    path("early-warnings/<code:number>/", views.WarningPage.as_view(), name="warning"),
    path("early-warnings/<code:number>/revise/", proposal_views.RevisePage.as_view(), name="warning-revise"),
    path("early-warnings/<code:number>/adjust/", proposal_views.AdjustPage.as_view(), name="warning-adjust"),
    path("early-warnings/<code:number>/propose/", views.Propose.as_view(), name="warning-propose"),
    path("early-warnings/<code:number>/sign/", views.Sign.as_view(), name="warning-sign"),
    path("early-warnings/<code:number>/return/", views.Return.as_view(), name="warning-return"),
    path("early-warnings/<code:number>/withdraw/", views.Withdraw.as_view(), name="warning-withdraw"),
    path("early-warnings/<code:number>/lift/", views.Lift.as_view(), name="warning-lift"),
    path("early-warnings/<code:number>/call/", views.Call.as_view(), name="warning-call"),
    path("early-warnings/<code:number>/proof/", views.ProofPage.as_view(), name="warning-proof"),
    path(
        "early-warnings/<code:number>/reports/<int:report>/",
        views.ReportSent.as_view(),
        name="warning-report-sent",
    ),
]
