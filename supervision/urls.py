from django.urls import path

from supervision.corrections import views as corrections
from supervision.inquiries import views as inquiries
from supervision.teams import views as teams
from supervision.visits import views as visits

urlpatterns = [
    path("supervision/visits/", visits.VisitList.as_view(), name="supervision-visits"),
    path("supervision/visits/new/", visits.NewVisit.as_view(), name="supervision-visit-new"),
    path("supervision/visits/<code:number>/", visits.VisitPage.as_view(), name="supervision-visit"),
    path(
        "supervision/visits/<code:number>/paper.<slug:kind>",
        visits.VisitPaper.as_view(),
        name="supervision-visit-paper",
    ),
    path(
        "supervision/visits/<code:number>/corrections/",
        corrections.SetCorrection.as_view(),
        name="supervision-correction-set",
    ),
    path(
        "supervision/visits/<code:number>/<slug:verb>/",
        visits.VisitAct.as_view(),
        name="supervision-visit-act",
    ),
    path("supervision/corrections/", corrections.CorrectionList.as_view(), name="corrections"),
    path("supervision/corrections/<code:number>/", corrections.CorrectionPage.as_view(), name="correction"),
    path(
        "supervision/corrections/<code:number>/<slug:verb>/",
        corrections.CorrectionAct.as_view(),
        name="correction-act",
    ),
    path("supervision/inquiries/", inquiries.InquiryList.as_view(), name="inquiries"),
    path("supervision/inquiries/new/", inquiries.NewInquiry.as_view(), name="inquiry-new"),
    path("supervision/inquiries/dismiss/", inquiries.Dismiss.as_view(), name="inquiry-dismiss"),
    path("supervision/inquiries/<code:number>/", inquiries.InquiryPage.as_view(), name="inquiry"),
    path(
        "supervision/inquiries/<code:number>/decision.<slug:kind>",
        inquiries.DecisionPaper.as_view(),
        name="inquiry-paper",
    ),
    path("supervision/inquiries/<code:number>/<slug:verb>/", inquiries.Act.as_view(), name="inquiry-act"),
    path("supervision/teams/", teams.TeamList.as_view(), name="supervision-teams"),
    path("supervision/teams/new/", teams.NewTeam.as_view(), name="supervision-team-new"),
    path("supervision/teams/<int:pk>/", teams.TeamPage.as_view(), name="supervision-team"),
    path("supervision/teams/<int:pk>/end/", teams.EndTeam.as_view(), name="supervision-team-end"),
]
