from django.urls import path

from command.activation import api as activation
from command.attendance import api as attendance
from command.destruction import api as destruction
from command.enough import api as enough
from command.evidence import api as evidence
from command.handing_over import api as handing_over
from command.improvements import api as improvements
from command.linkage import api as linkage
from command.links import api as links
from command.measures import api as measures
from command.orders import api
from command.own_templates import api as own_templates
from command.packages import api as packages
from command.place_codes import api as place_codes
from command.report_chain import api as report_chain
from command.review import api as review
from command.roll_call import api as roll_call
from command.statements import api as statements

urlpatterns = [
    path("responses/", activation.Responses.as_view(), name="responses"),
    path("responses/<code:number>/", activation.OneResponse.as_view(), name="response"),
    path("responses/<code:number>/sign/", activation.Decide.as_view(), name="response-sign"),
    path("responses/<code:number>/refuse/", activation.Refuse.as_view(), name="response-refuse"),
    path("responses/<code:number>/withdraw/", activation.Withdraw.as_view(), name="response-withdraw"),
    path("responses/<code:number>/change/", activation.Change.as_view(), name="response-change"),
    path("responses/<code:number>/end/", activation.End.as_view(), name="response-end"),
    path(
        "responses/<code:number>/obligations/<int:duty>/",
        activation.OneObligation.as_view(),
        name="obligation",
    ),
    path(
        "responses/<code:number>/obligations/<int:duty>/<str:verb>/",
        activation.SettleObligation.as_view(),
        name="obligation-settle",
    ),
    path("responses/<code:number>/packages/", packages.Packages.as_view(), name="response-packages"),
    path(
        "responses/<code:number>/packages/<slug:level>/",
        packages.PackagePreview.as_view(),
        name="response-package",
    ),
    path("incidents/<code:number>/calls/", enough.Calls.as_view(), name="order-calls"),
    path("incidents/<code:number>/calls/<int:pk>/rest/", enough.CallRest.as_view(), name="order-call-rest"),
    path("order-templates/", own_templates.OwnTemplates.as_view(), name="order-templates"),
    path("order-templates/<int:pk>/", own_templates.OneOwnTemplate.as_view(), name="order-template"),
    path("orders/", api.Orders.as_view(), name="orders"),
    path("orders/bulk/", api.ManyOrders.as_view(), name="orders-bulk"),
    path("orders/<code:number>/", api.OneOrder.as_view(), name="order"),
    path("orders/<code:number>/links/", links.OrderLinks.as_view(), name="order-links"),
    path("incidents/<code:number>/place-codes/", place_codes.PlaceCodes.as_view(), name="place-codes"),
    path(
        "incidents/<code:number>/place-codes/<int:pk>/",
        place_codes.OnePlaceCode.as_view(),
        name="place-code",
    ),
    path("incidents/<code:number>/roll-call/", roll_call.RollCalls.as_view(), name="roll-call"),
    path(
        "incidents/<code:number>/roll-call/ask-again/", roll_call.AskAgain.as_view(), name="roll-call-again"
    ),
    path("incidents/<code:number>/roll-call/end/", roll_call.End.as_view(), name="roll-call-end"),
    path("roll-call/<int:pk>/answer/", roll_call.RollCallAnswers.as_view(), name="roll-call-answer"),
    path("orders/<code:number>/code/", place_codes.OrderCode.as_view(), name="order-code"),
    path("orders/<code:number>/<str:verb>/", api.OrderStep.as_view(), name="order-step"),
    path("linkage-orders/", linkage.LinkageOrders.as_view(), name="linkage-orders"),
    path("linkage-orders/<code:number>/", linkage.OneLinkageOrder.as_view(), name="linkage-order"),
    *[
        path(f"linkage-orders/<code:number>/{verb}/", act.as_view(), name=f"linkage-{verb}")
        for verb, act in linkage.ACTS.items()
    ],
    path("linkage-orders/<code:number>/<str:kind>/", linkage.Report.as_view(), name="linkage-report"),
    path("linkage-reports/<int:pk>/try/", linkage.TryAgain.as_view(), name="linkage-report-try"),
    path("linkage-reports/<int:pk>/receipt/", linkage.Receipt.as_view(), name="linkage-report-receipt"),
    path(
        "incidents/<code:number>/linkage-reports/",
        linkage.IncidentReports.as_view(),
        name="incident-linkage-reports",
    ),
    path("incidents/<code:number>/reports/", report_chain.Reports.as_view(), name="upward-reports"),
    path("incidents/<code:number>/reports/<int:n>/", report_chain.OneReport.as_view(), name="upward-report"),
    path(
        "incidents/<code:number>/reports/<int:n>.<slug:kind>",
        report_chain.Paper.as_view(),
        name="upward-report-paper",
    ),
    path(
        "incidents/<code:number>/reports/<int:n>/revise/",
        report_chain.Revise.as_view(),
        name="upward-report-revise",
    ),
    path(
        "incidents/<code:number>/reports/<int:n>/redraft/",
        report_chain.Redraft.as_view(),
        name="upward-report-redraft",
    ),
    path(
        "incidents/<code:number>/reports/<int:n>/ask/",
        report_chain.Ask.as_view(),
        name="upward-report-ask",
    ),
    path(
        "incidents/<code:number>/reports/<int:n>/discard/",
        report_chain.Discard.as_view(),
        name="upward-report-discard",
    ),
    path(
        "incidents/<code:number>/reports/<int:n>/phone/",
        report_chain.Phone.as_view(),
        name="upward-report-phone",
    ),
    path(
        "incidents/<code:number>/reports/<int:n>/sign/",
        report_chain.Sign.as_view(),
        name="upward-report-sign",
    ),
    path(
        "incidents/<code:number>/reports/<int:n>/send/",
        report_chain.Send.as_view(),
        name="upward-report-send",
    ),
    path(
        "incidents/<code:number>/reports/<int:n>/receipt/",
        report_chain.Receipt.as_view(),
        name="upward-report-receipt",
    ),
    path("incidents/<code:number>/known-told/", report_chain.KnownTold.as_view(), name="known-told"),
    path("incidents/<code:number>/handed-over/", handing_over.HandedOverList.as_view(), name="handed-over"),
    path(
        "handed-over/<int:pk>/<str:verb>/", handing_over.HandedOverAnswer.as_view(), name="handed-over-answer"
    ),
    path("incidents/<code:number>/attendance/", attendance.Attendance.as_view(), name="attendance"),
    path(
        "attendance-calls/<int:pk>/<str:verb>/",
        attendance.AttendanceCallAct.as_view(),
        name="attendance-call",
    ),
    path(
        "incidents/<code:number>/reception-offers/",
        attendance.ReceptionOffers.as_view(),
        name="reception-offers",
    ),
    path(
        "reception-offers/<int:pk>/<str:verb>/",
        attendance.ReceptionOfferAct.as_view(),
        name="reception-answer",
    ),
    path("incidents/<code:number>/routing/", attendance.Routings.as_view(), name="routing"),
    path("incidents/<code:number>/measures/", measures.Measures.as_view(), name="measures"),
    path(
        "incidents/<code:number>/measure-requests/",
        measures.MeasureRequests.as_view(),
        name="measure-requests",
    ),
    path("measures/<int:pk>/<str:verb>/", measures.MeasureAct.as_view(), name="measure-act"),
    path("incidents/<code:number>/statements/", statements.Statements.as_view(), name="statements"),
    path("statements/<int:pk>/<str:verb>/", statements.StatementAct.as_view(), name="statement-act"),
    path("incidents/<code:number>/evidence/", evidence.Evidence.as_view(), name="evidence"),
    path("evidence/<int:pk>/custody/", evidence.EvidenceCustody.as_view(), name="evidence-custody"),
    path(
        "incidents/<code:number>/improvements/",
        improvements.IncidentImprovements.as_view(),
        name="incident-improvements",
    ),
    path("improvements/", improvements.Improvements.as_view(), name="improvements"),
    path("improvements/<int:pk>/", improvements.OneImprovement.as_view(), name="improvement"),
    path("improvements/<int:pk>/<str:verb>/", improvements.ImprovementAct.as_view(), name="improvement-act"),
    path("incidents/<code:number>/review/", review.IncidentReview.as_view(), name="review"),
    path(
        "incidents/<code:number>/review/answers/<str:item>/",
        review.ReviewAnswers.as_view(),
        name="review-answer",
    ),
    path(
        "incidents/<code:number>/review/<int:n>.<slug:kind>",
        review.ReviewPaper.as_view(),
        name="review-paper",
    ),
    path("incidents/<code:number>/review/<slug:verb>/", review.ReviewAct.as_view(), name="review-act"),
    path("incidents/<code:number>/destruction/", destruction.Destruction.as_view(), name="destruction"),
    path(
        "incidents/<code:number>/destruction/<code:certificate>/paper.<slug:kind>",
        destruction.CertificatePaper.as_view(),
        name="destruction-paper",
    ),
    path("kept-data/<int:pk>/<slug:verb>/", destruction.ItemAct.as_view(), name="kept-data-act"),
    path("incidents/<code:number>/follow-ups/", review.FollowUps.as_view(), name="follow-ups"),
    path("follow-ups/<int:pk>/<slug:verb>/", review.FollowUpAct.as_view(), name="follow-up-act"),
]
