from django.urls import path

from supervision.corrections import api as corrections
from supervision.inquiries import api as inquiries
from supervision.teams import api as teams
from supervision.visits import api as visits

urlpatterns = [
    path("supervision-visits/", visits.Visits.as_view(), name="supervision-visits"),
    path("supervision-visits/<code:number>/", visits.OneVisit.as_view(), name="supervision-visit"),
    path(
        "supervision-visits/<code:number>/corrections/",
        corrections.VisitCorrections.as_view(),
        name="supervision-visit-corrections",
    ),
    path(
        "supervision-visits/<code:number>/<slug:verb>/",
        visits.VisitAct.as_view(),
        name="supervision-visit-act",
    ),
    path("corrections/", corrections.Corrections.as_view(), name="corrections"),
    path("corrections/<code:number>/", corrections.OneCorrection.as_view(), name="correction"),
    path(
        "corrections/<code:number>/<slug:verb>/", corrections.CorrectionAct.as_view(), name="correction-act"
    ),
    path("inquiries/", inquiries.Inquiries.as_view(), name="inquiries"),
    path("inquiries/<code:number>/", inquiries.OneInquiry.as_view(), name="inquiry"),
    path("inquiries/<code:number>/<slug:verb>/", inquiries.InquiryAct.as_view(), name="inquiry-act"),
    path("supervision-teams/", teams.Teams.as_view(), name="supervision-teams"),
    path("supervision-teams/<int:pk>/", teams.OneTeam.as_view(), name="supervision-team"),
    path("supervision-teams/<int:pk>/end/", teams.EndTeam.as_view(), name="supervision-team-end"),
]
