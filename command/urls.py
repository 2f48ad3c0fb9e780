from django.urls import path

from command.activation import views as activation
from command.attendance import views as attendance
from command.destruction import views as destruction
from command.enough import views as enough
from command.evidence import views as evidence
from command.handing_over import views as handing_over
from command.improvements import views as improvements
from command.linkage import views as linkage
from command.links import views as links
from command.measures import views as measures
from command.orders import views
from command.own_templates import views as own_templates
from command.packages import views as packages
from command.place_codes import views as place_codes
from command.report_chain import views as report_chain
from command.review import views as review
from command.roll_call import views as roll_call
from command.statements import views as statements

urlpatterns = [
    path("incidents/<code:number>/order/", views.IssueOrder.as_view(), name="order-new"),
    path("incidents/<code:number>/call/<int:pk>/rest/", enough.CallRest.as_view(), name="order-call-rest"),
    path("incidents/<code:number>/orders/", views.IssueOrders.as_view(), name="orders-new"),
    path("incidents/<code:number>/response/", activation.StartPage.as_view(), name="response-new"),
    path("responses/", activation.ResponseList.as_view(), name="responses"),
    path("responses/<code:number>/", activation.ResponsePage.as_view(), name="response"),
    path("responses/<code:number>/sign/", activation.Decide.as_view(), name="response-sign"),
    path("responses/<code:number>/refuse/", activation.Refuse.as_view(), name="response-refuse"),
    path("responses/<code:number>/withdraw/", activation.Withdraw.as_view(), name="response-withdraw"),
    path("responses/<code:number>/change/", activation.Change.as_view(), name="response-change"),
    path("responses/<code:number>/end/", activation.End.as_view(), name="response-end"),
    path(
        "responses/<code:number>/duties/<int:duty>/<str:verb>/",
        activation.SettleDuty.as_view(),
        name="response-duty",
    ),
    path("responses/<code:number>/packages/<slug:level>/", packages.PackagePage.as_view(), name="package"),
    path("r/o~<str:token>/", links.ByLink.as_view(), name="order-link"),
    path("order-templates/", own_templates.TemplateList.as_view(), name="order-templates"),
    path("order-templates/new/", own_templates.NewTemplate.as_view(), name="order-template-new"),
    path("order-templates/<int:pk>/", own_templates.TemplatePage.as_view(), name="order-template"),
    path("order-templates/<int:pk>/end/", own_templates.EndTemplate.as_view(), name="order-template-end"),
    path("orders/<code:number>/links/revoke/", links.Revoke.as_view(), name="order-links-revoke"),
    path("incidents/<code:number>/place-codes/", place_codes.CodesPage.as_view(), name="place-codes"),
    path(
        "incidents/<code:number>/place-codes/<int:pk>/withdraw/",
        place_codes.Withdraw.as_view(),
        name="place-code-withdraw",
    ),
    path("incidents/<code:number>/roll-call/", roll_call.RollCallPage.as_view(), name="roll-call"),
    path("incidents/<code:number>/roll-call/<slug:verb>/", roll_call.Act.as_view(), name="roll-call-act"),
    path("roll-call/<int:pk>/answer/", roll_call.Answer.as_view(), name="roll-call-answer"),
    path("orders/<code:number>/code/", place_codes.TypeCode.as_view(), name="order-code"),
    path("orders/<code:number>/<str:verb>/", views.MoveOrder.as_view(), name="order-move"),
    path("linkage/", linkage.LinkageList.as_view(), name="linkage"),
    path("linkage/new/", linkage.ReceiveOrder.as_view(), name="linkage-new"),
    path("linkage/file/", linkage.ReceiveFile.as_view(), name="linkage-file"),
    path("linkage/reports/<int:pk>/<str:verb>/", linkage.ReportAct.as_view(), name="linkage-report-act"),
    path("linkage/<code:number>/", linkage.LinkagePage.as_view(), name="linkage-order"),
    path("linkage/<code:number>/<str:verb>/", linkage.LinkageAct.as_view(), name="linkage-act"),
    path("incidents/<code:number>/linkage/", linkage.ReportOnIncident.as_view(), name="incident-linkage"),
    path("incidents/<code:number>/reports/", report_chain.ChainPage.as_view(), name="report-chain"),
    path("incidents/<code:number>/reports/<int:n>/", report_chain.ReportPage.as_view(), name="upward-report"),
    path(
        "incidents/<code:number>/reports/<int:n>/text/",
        report_chain.RevisePage.as_view(),
        name="upward-report-revise",
    ),
    path(
        "incidents/<code:number>/reports/<int:n>/paper.<slug:kind>",
        report_chain.ReportPaper.as_view(),
        name="upward-report-paper",
    ),
    path(
        "incidents/<code:number>/reports/<int:n>/<slug:act>/",
        report_chain.ReportAct.as_view(),
        name="upward-report-act",
    ),
    path("incidents/<code:number>/hand-over/", handing_over.HandOver.as_view(), name="hand-over"),
    path("handed-over/<int:pk>/<str:verb>/", handing_over.NoteAnswer.as_view(), name="handed-over-answer"),
    path("incidents/<code:number>/attendance/", attendance.Notify.as_view(), name="attendance-notify"),
    path("attendance/<int:pk>/<str:verb>/", attendance.MoveCall.as_view(), name="attendance-call"),
    path("incidents/<code:number>/reception-offer/", attendance.Offer.as_view(), name="reception-offer"),
    path("reception-offers/<int:pk>/<str:verb>/", attendance.AnswerOffer.as_view(), name="reception-answer"),
    path("incidents/<code:number>/routing/", attendance.Decide.as_view(), name="attendance-route"),
    path("incidents/<code:number>/measure/", measures.Take.as_view(), name="measure-take"),
    path("incidents/<code:number>/measure-request/", measures.Ask.as_view(), name="measure-ask"),
    path("measures/<int:pk>/<str:verb>/", measures.Act.as_view(), name="measure-act"),
    path("incidents/<code:number>/statement/", statements.Draft.as_view(), name="statement-draft"),
    path("statements/<int:pk>/<str:verb>/", statements.Act.as_view(), name="statement-act"),
    path("incidents/<code:number>/evidence/", evidence.Enter.as_view(), name="evidence-enter"),
    path("evidence/<int:pk>/hand-on/", evidence.HandOn.as_view(), name="evidence-hand-on"),
    path("incidents/<code:number>/improvement/", improvements.Improve.as_view(), name="improve"),
    path("improvements/", improvements.ImprovementList.as_view(), name="improvements"),
    path("improvements/<int:pk>/", improvements.ImprovementPage.as_view(), name="improvement"),
    path("improvements/<int:pk>/<str:verb>/", improvements.Act.as_view(), name="improvement-act"),
    path("incidents/<code:number>/review/", review.ReviewPage.as_view(), name="review"),
    path("incidents/<code:number>/review/begin/", review.Begin.as_view(), name="review-begin"),
    path("incidents/<code:number>/review/answers/<str:item>/", review.Answer.as_view(), name="review-answer"),
    path(
        "incidents/<code:number>/review/<int:n>/paper.<slug:kind>",
        review.Paper.as_view(),
        name="review-paper",
    ),
    path("incidents/<code:number>/review/<slug:verb>/", review.Act.as_view(), name="review-act"),
    path("incidents/<code:number>/destruction/", destruction.DestructionPage.as_view(), name="destruction"),
    path(
        "incidents/<code:number>/destruction/<code:certificate>/paper.<slug:kind>",
        destruction.Paper.as_view(),
        name="destruction-paper",
    ),
    path("kept-data/<int:pk>/<slug:verb>/", destruction.ItemAct.as_view(), name="kept-data-act"),
    path("incidents/<code:number>/follow-up/", review.PlanFollowUp.as_view(), name="follow-up-plan"),
    path("follow-ups/<int:pk>/<slug:verb>/", review.FollowUpAct.as_view(), name="follow-up-act"),
]
