"""Things named within a body: somebody else's is answered word for word as one that there is not, and changes nothing.

`ACTS` sends each such field three times: with a thing of the sender's own, with one of another county, with one that
there is not. The first answer has to differ from the third, or the field was never read; the second has to be the third.
Which fields there are is read from the forms and bodies of the product and from what its views take from a request
without a form. Units and people are named in the same way (accounts.naming); where an act is meant for others, so that
any of them may be named, `ANYBODY` says why. Whoever may not do the act hears the same of whatever is named.
"""

import datetime
import json
import re
from typing import NamedTuple

import pytest
import time_machine
from django import forms
from django.conf import settings
from django.db import transaction
from django.test import Client

from accounts.models import Post
from cases.demands.models import Demand
from cases.matters.actions import register_matter
from cases.receptions.actions import book_reception
from command.linkage.actions import Asked, receive_order
from command.linkage.choices import Via
from common.dates.local_time import day_of
from common.dates.periods import DAILY, period_of
from duty.shifts.models import Handover, HandoverItem
from incidents.checklist.actions import mark_item
from incidents.models import Incident, Share
from incidents.reporting.forms import WhereField
from incidents.sharing import share_incident
from journal.models import Entry
from resources.experts.actions import add_expert
from resources.materials.actions import add_material
from resources.partners.actions import add_partner
from supervision.teams.actions import Makeup, set_up_team
from supervision.visits.actions import Seen, record_visit
from tests.accounts.test_routes import _everything
from tests.fields import form_classes, form_fields, serializer_classes
from tests.rights.test_matrix import BY_READING, far
from tests.rooms import ROOMS
from zero_reports.filing.actions import Item, file_report
from zero_reports.filing.models import ReportItem

__all__ = ["far"]

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.embedded_only,
    pytest.mark.usefixtures("never_told_to_wait"),
    pytest.mark.control(14),
]

#: What a field is called that names a thing, in forms and bodies.
NAMES = {
    "incident", "into", "matter", "demand", "reception", "expert", "partner", "team", "about", "order", "warning",
    "template", "material", "item", "share", "handover", "inquiry", "visit", "correction", "case",
    "subject", "thread", "notice",
}  # fmt: skip
#: What a field is called that names units or people.
UNITS_AND_PEOPLE = {
    "unit", "units", "lead_unit", "support_units", "lead", "helpers", "bureau", "to", "areas", "accused",
    "person", "people", "reviewed_by", "investigator", "decider", "leader", "members", "receivers", "owner", "account",
    "username", "other", "first", "main", "direct", "reporter", "stand_in", "olds", "who", "approved_by",
}  # fmt: skip
#: Fields of such a name that name nothing.
WORDS = {
    "cases.leader_cases.forms.PlanForm.team": "who works on it, in words",
    "cases.leader_cases.forms.PlanSerializer.team": "who works on it, in words",
    "cases.receptions.forms.BookForm.about": "what it is about, in words",
    "cases.receptions.forms.WhereForm.about": "what it is about, in words",
    "cases.receptions.forms.NewReceptionSerializer.about": "what it is about, in words",
    "command.activation.forms.StatementForm.matter": "what it is about, in words",
    "command.activation.serializers.NewResponseSerializer.matter": "what it is about, in words",
    "command.activation.serializers.ResponseChangeSerializer.matter": "what it is about, in words",
    "early_warnings.proposals.forms.AdjustForm.matter": "what it is about, in words",
    "early_warnings.proposals.forms.ProposalForm.matter": "what it is about, in words",
    "early_warnings.serializers.NewWarningSerializer.matter": "what it is about, in words",
    "early_warnings.serializers.StatementSerializer.matter": "what it is about, in words",
    "written_reports.api.LineSerializer.matter": "what it is about, in words",
    "resources.trainings.forms.TrainingForm.subject": "what is taught, in words",
    "cases.receptions.forms.ApiItemSerializer.item": "a line of the plan's checklist",
    "incidents.checklist.serializers.MarkSerializer.item": "a line of the plan's checklist",
    "incidents.reporting.forms.CheckForm.item": "a line of the plan's checklist",
    "incidents.serializers.LeftOpenAnswerSerializer.item": "a line of the plan's checklist",
    "command.orders.forms.OrderForm.template": "fills other fields before they are sent",
    "command.orders.forms.OrdersForm.template": "fills other fields before they are sent",
    "incidents.reporting.forms.DeskForm.template": "fills other fields before they are sent",
    "command.activation.forms.ResponseSearchForm.matter": "searches among what the reader sees",
    "dashboards.journal.views.SearchForm.about": "searches among what the reader sees",
    "supervision.visits.forms.VisitSearchForm.team": "searches among what the reader sees",
    "journal.serializers.EntrySerializer.subject": "is answered, never sent",
    "journal.serializers.EntrySerializer.thread": "is answered, never sent",
    "supervision/inquiries/views.py: about": "whether OpenForm's is filled in",
    "command.attendance.forms.NotifyForm.units": "who was called, in words",
    "command.attendance.forms.NotifySerializer.units": "who was called, in words",
    "command.attendance.forms.RouteForm.who": "who receives people, in words",
    "command.attendance.forms.RouteSerializer.who": "who receives people, in words",
    "command.report_chain.serializers.UpwardFieldsSerializer.other": "what else there is to say, in words",
    "incidents.switching.forms.SwitchSerializer.to": "a version of the plan",
    "incidents/switching/views.py: to": "a version of the plan",
    "command.activation.forms.ResponseSearchForm.unit": "searches among what the reader sees",
    "command.improvements.forms.ImprovementSearchForm.unit": "searches among what the reader sees",
    "dashboards.journal.views.SearchForm.who": "searches among what the reader sees",
    "dashboards.journal.views.SearchForm.unit": "searches among what the reader sees",
    "duty.responsibles.forms.GridForm.unit": "searches among what the reader sees",
    "supervision.corrections.forms.CorrectionSearchForm.unit": "searches among what the reader sees",
    "supervision.inquiries.forms.SearchForm.unit": "searches among what the reader sees",
    "supervision.teams.forms.TeamSearchForm.unit": "searches among what the reader sees",
    "supervision.visits.forms.VisitSearchForm.unit": "searches among what the reader sees",
    "journal.serializers.EntrySerializer.unit": "is answered, never sent",
    "incidents/views.py: unit": "AlarmForm's and DeskForm's",
    "cases/receptions/views.py: unit": "BookForm's and WhereForm's",
    "supervision/teams/views.py: unit": "a bureau of the person's own; of any other word the first of them",
    "zero_reports/filing/views.py: unit": "ticked among those listed; others are passed over",
}  # fmt: skip
#: Any unit, any account: why. Whoever may do the act may know that they are there; others are told nothing.
ANYBODY = {
    **dict.fromkeys(
        (
            "cases.demands.forms.AccusationForm.accused", "cases.demands.forms.AccusationSerializer.accused",
            "cases.demands.forms.NewDemandSerializer.accused", "cases.demands.forms.RegisterForm.accused",
            "cases.demands.forms.AccusationForm.people", "cases.demands.forms.AccusationSerializer.people",
        ),
        "people complain of whom they complain of",
    ),
    "cases.demands.forms.TransferForm.lead_unit": "passed on to whose business it is",
    "cases.demands.forms.TransferSerializer.to": "passed on to whose business it is",
    "incidents.reporting.forms.ShareForm.unit": "shared with a neighbour",
    "incidents.reporting.forms.ShareForm.person": "shared with a neighbour",
    "incidents.reporting.forms.DeskForm.unit": "tried as AlarmForm's, whose field it is",
    **dict.fromkeys(
        (
            "cases.demands.forms.ExtendForm.approved_by", "cases.demands.forms.ExtendSerializer.approved_by",
            "cases.demands.forms.PauseForm.approved_by", "cases.demands.forms.PauseSerializer.approved_by",
            "cases.leader_cases.forms.ExtendCaseForm.approved_by",
            "cases.leader_cases.forms.ExtendCaseSerializer.approved_by",
        ),
        "who approved is whoever holds such a post above it; of anybody else, and of nobody, it is not approved",
    ),
    **dict.fromkeys(
        (
            "cases.leader_cases.forms.ChangeLeaderSerializer.leader", "cases.leader_cases.forms.LeaderSerializer.leader",
            "cases.leader_cases.forms.NewLeaderCaseSerializer.leader",
        ),
        "found among those offered (cases.leader_cases.actions._post_of); nobody else is",
    ),
    **dict.fromkeys(
        (
            "rosters.months.serializers.AssignSerializer.username", "rosters.months.serializers.ChangeSerializer.username",
            "rosters.months.serializers.SwapSerializer.other", "rosters/months/draft_views.py: person",
        ),
        "found among those who hold the post (_holder); nobody else is",
    ),
    **dict.fromkeys(
        (
            "command.improvements.forms.ImprovementActForm.owner",
            "command.improvements.forms.ImprovementActSerializer.owner",
        ),
        "read as ImprovementSerializer's",
    ),
    "accounts.posts.forms.OpenForm.username": "a new name, which has to be nobody's: who opens accounts knows them all",
    "accounts.posts.forms.AppointForm.unit": "found among the units whose people this person manages",
    "accounts.reform.forms.ReformForm.olds": "found among the units that this person administers",
    **dict.fromkeys(
        ("exchange.forms._ListForm.partner", "exchange.forms.InboxForm.partner", "exchange.forms.SentForm.partner"),
        "found among the partners of what this person sees in the list; nobody else is",
    ),
    "exchange.documents.DocumentSerializer.about": "by another installation: an id of what went to itself, or nothing",
    "webhooks.forms.WebhookForm.unit": "found among the units that this person knows",
    "cases.hotline.forms.TotalSerializer.unit": "no unit of that code, or none of theirs, is one sentence (files._fault)",
    "command.own_templates.forms.NewTemplateForm.unit": "found among the units whose templates this person keeps",
    "resources.materials.forms.NewMaterialForm.unit": "read as OfUnitForm's",
    "resources.partners.forms.NewPartnerForm.unit": "read as OfUnitForm's",
    "resources.experts.forms.NewExpertForm.unit": "read as OfUnitForm's",
    "resources.experts.forms.ExpertForm.account": "read as NewExpertForm's, which is one",
    "rosters/months/views.py: unit": "read by rosters.queries.get_unit, as from an address",
    "rosters/months/pages.py: unit": "read by rosters.queries.get_unit, as from an address",
    "duty/comms_checks/views.py: unit": "read by duty.comms_checks.queries.get_unit, as from an address",
    "cases/official_forms/views.py: unit": "read by zero_reports.counts.queries.get_unit, as from an address",
    "command.packages.serializers.SentOrderSerializer.to": "read and checked as BulkOrderSerializer's",
    "supervision.teams.forms.TeamSerializer.leader": "read as NewTeamSerializer's, which is one",
    "supervision.teams.forms.TeamSerializer.members": "read as NewTeamSerializer's, which is one",
    "supervision.teams.forms.TeamSerializer.areas": "read as NewTeamSerializer's, which is one",
    "early_warnings.proposals.forms.CallForm.person": "found among those who are to sign, by number",
}  # fmt: skip
#: Where it is shown otherwise: file and test.
ELSEWHERE = {
    "zero_reports.filing.serializers.ItemSerializer.incident": (
        "tests/zero_reports/test_incidents_offered.py::test_an_incident_of_another_unit_is_refused"
    ),
    "notices/reading/views.py: notice": (
        "tests/notices/test_pages.py::test_an_open_screen_is_a_receipt_of_its_own_notices_only"
    ),
    "exchange.forms.OrderForm.partner": (
        "tests/exchange/test_pages.py::test_an_order_to_whom_one_may_not_write_is_answered_as_one_to_nobody"
    ),
    "cases.leader_cases.forms.PlanForm.helpers": (
        "tests/cases/test_leader_cases.py::test_a_unit_of_another_county_helps_as_little_as_one_that_there_is_not"
    ),
    "cases.leader_cases.forms.PlanSerializer.support_units": (
        "tests/cases/test_leader_cases.py::test_a_unit_of_another_county_helps_as_little_as_one_that_there_is_not"
    ),
    "plans.versions.forms.PutInForceForm.reviewed_by": (
        "tests/plans/test_reviewers.py::test_who_reviewed_is_one_of_the_bureau_or_nobody"
    ),
    "plans.versions.serializers.PutInForceSerializer.reviewed_by": (
        "tests/plans/test_reviewers.py::test_who_reviewed_is_one_of_the_bureau_or_nobody"
    ),
    "duty/shifts/views.py: item": (
        "tests/rights/test_bodies.py::test_what_is_on_anothers_list_is_not_taken_over"
    ),
}


#: Acts that a page puts on record because it was shown again.
SHOWN_AGAIN = {*BY_READING, "person.phones_shown"}


class Act(NamedTuple):
    """A body that names one of `things` in `field`, sent by somebody who may do this in their own county.

    In address and body `{matter}` is the sender's own, `{tomorrow}` a moment to come; `{it}` is where the thing stands,
    if not simply in `field`.
    """

    address: str
    field: str
    things: str
    body: dict
    who: str = "county1.duty"
    method: str = "POST"


class Trio(NamedTuple):
    own: str | int
    strange: str | int
    missing: str | int


_ORDER = {"task": "维持秩序"}
_LINKED = {"outside_number": "9", "from": "联动中心", "nature": "纠纷", "place": "大厅", "asked": "到场"}
_CASE = {"trigger": "T1", "note": "集体上访"}
_HANDED = {"to_whom": "值班室", "what": "现场秩序", "way": "phone"}
_WARNING = {"level": "yellow", "reason": "人数增加", "matter": "讨薪"}
_RESPONSE = {"level": "IV", "reason": "人数增加", "matter": "讨薪"}
_VISIT = {
    "unit": "T12", "visited_on": "2026-11-22", "villages": 1, "came": "一组", "topics": ["disputes"],
    "looked_at": "台账", "found": "不全", "said": "补齐", "responsible": "所长",
}  # fmt: skip
_FOUND = {"bureau": "C1", "investigator": "county1.leader", "decider": "county1.director"}
_RECEPTION = {"unit": "C1", "kind": "single", "at": "{tomorrow}", "points": ["工资"]}

_DEMAND = {"point": "工资", "unit": "C1"}
_TEAM = {"unit": "C1", "name": "二组", "leader": "county1.duty", "members": [], "areas": ["T12"]}
_INQUIRY = {
    "bureau": "C1", "trigger": "A2", "unit": "T11", "reason": "迟报", "investigator": "county1.leader",
    "decider": "county1.director",
}  # fmt: skip
_DRILL = {"unit": "C1", "scenario": "crowd-at-a-notary-hall", "objectives": "练", "participants": []}
_PARTICIPANTS = [{"person": "{it}", "role": "controller"}]
_POINTS = [{"point": "工资", "lead_unit": "{it}"}]
_FIX = {"danger": "电线", "measures": "更换", "responsible": "所长", "due_date": "2026-12-10"}
_LESSON = {"text": "演练", "due_date": "2026-12-10"}
_POINT = {"point": "工资"}
_COME = {"kind": "single", "came": 1, "points": "工资", "place": "大厅", "idempotency_key": "k"}
_BOOK = {
    "place": "大厅",
    "scheduled_at": "2026-11-25T09:00",
    "about": "工资",
    "kind": "single",
    "expected": 1,
}


def _part(name: str) -> tuple[str, Act]:
    """A part of who answers for a unit."""
    field = f"duty.responsibles.forms.ResponsiblesSerializer.{name}"
    return field, Act("/api/v1/units/T12/responsibles/", name, "colleague", {}, "county1.director", "PUT")


#: Field that names units or people → how it is tried.
NAMING = {
    **dict(map(_part, ("first", "main", "direct", "reporter", "stand_in"))),
    "accounts.exclusions.forms.NewRecusalSerializer.person": Act(
        "/api/v1/recusals/", "person", "colleague", {"kind": "demand", "number": "{demand}", "reason": "亲属"},
        "county1.director",
    ),
    "accounts.exclusions.forms.RecuseForm.person": Act(
        "/account/recusals/demand/{demand}/begin/", "person", "colleague", {"reason": "亲属"}, "county1.director"
    ),
    "cases.answers_due.forms.HourSerializer.unit": Act(
        "/api/v1/answers-due/digest/", "unit", "bureau", {"hour": "08:00"}, method="PUT"
    ),
    "cases.demands.forms.NewDemandSerializer.unit": Act("/api/v1/demands/", "unit", "bureau", {"point": "工资"}),
    "cases.demands.forms.NewDemandSerializer.lead_unit": Act("/api/v1/demands/", "lead_unit", "township", _DEMAND),
    "cases.demands.forms.NewDemandSerializer.support_units": Act(
        "/api/v1/demands/", "support_units", "township", {**_DEMAND, "support_units": ["{it}"]}
    ),
    "cases.demands.forms.AssignDemandForm.lead_unit": Act("/demands/{demand}/assign/", "lead_unit", "township", {}),
    "cases.demands.forms.AssignDemandForm.helpers": Act(
        "/demands/{demand}/assign/", "helpers", "township", {"lead_unit": "T11"}
    ),
    "cases.demands.forms.RegisterForm.unit": Act(
        "/demands/register/", "unit", "bureau", {"points": "工资", "origin": "counter"}
    ),
    "cases.demands.forms.RegisterForm.lead_unit": Act(
        "/demands/register/", "lead_unit", "township", {"points": "工资", "origin": "counter", "unit": "C1"}
    ),
    "cases.matters.forms.AssignForm.lead": Act("/reports/matters/{matter}/assign/", "lead", "township", {}),
    "cases.matters.forms.AssignForm.helpers": Act(
        "/reports/matters/{matter}/assign/", "helpers", "township", {"lead": "T12"}
    ),
    "cases.meetings.forms.MeetingSerializer.unit": Act(
        "/api/v1/daily-meetings/", "unit", "bureau", {"note": "碰头"}
    ),
    "cases.receptions.forms.ApiConfirmSerializer.lead_unit": Act(
        "/api/v1/receptions/{reception}/confirm/", "lead_unit", "township", {"place": 1, "point": "工资"}
    ),
    "cases.receptions.forms.ApiPointSerializer.lead_unit": Act(
        "/api/v1/receptions/{reception}/points/", "points", "township", {"points": _POINTS}
    ),
    "cases.receptions.forms.NewReceptionSerializer.unit": Act(
        "/api/v1/receptions/", "unit", "bureau", {**_RECEPTION, "points": [_POINT]}
    ),
    "cases.receptions.forms.NewReceptionSerializer.receivers": Act(
        "/api/v1/receptions/", "receivers", "colleague", {**_RECEPTION, "points": [_POINT], "receivers": ["{it}"]}
    ),
    "cases.receptions.forms.BookForm.unit": Act("/receptions/book/", "unit", "bureau", _BOOK),
    "cases.receptions.forms.WhereForm.unit": Act("/receptions/counter/", "unit", "bureau", _COME),
    "cases.receptions.forms.ArrivalForm.lead_unit": Act("/receptions/counter/", "lead_unit", "township", _COME),
    "cases.receptions.forms.NewPointForm.lead_unit": Act(
        "/receptions/{reception}/points/", "lead_unit", "township", {"point": "工资", "text": "工资", "points": "工资"}
    ),
    "cases.receptions.forms.PointForm.lead_unit": Act(
        "/receptions/{reception}/confirm/", "lead_unit", "township", {"place": 1, "point": "工资", "text": "工资"}
    ),
    "command.enough.forms.SeveralSerializer.to": Act(
        "/api/v1/incidents/{incident}/calls/", "to", "recipient", {**_ORDER, "to": ["{it}", "unit:T11"], "enough": 1}
    ),
    "command.improvements.forms.ImprovementSerializer.owner": Act(
        "/api/v1/incidents/{incident}/improvements/", "owner", "owner", _LESSON, "county1.director"
    ),
    "command.linkage.serializers.NewLinkageOrderSerializer.unit": Act(
        "/api/v1/linkage-orders/", "unit", "bureau", _LINKED
    ),
    "command.orders.serializers.BulkOrderSerializer.to": Act(
        "/api/v1/orders/bulk/", "to", "recipient", {**_ORDER, "incident": "{incident}", "to": ["{it}"]}
    ),
    "command.orders.serializers.NewOrderSerializer.to": Act(
        "/api/v1/orders/", "to", "recipient", {**_ORDER, "incident": "{incident}"}
    ),
    "drills.serializers.DrillPlanSerializer.unit": Act(
        "/api/v1/drills/", "unit", "bureau", _DRILL, "county1.director"
    ),
    "drills.serializers.DrillParticipantSerializer.person": Act(
        "/api/v1/drills/", "participants", "colleague", {**_DRILL, "participants": _PARTICIPANTS}, "county1.director"
    ),
    "incidents.reporting.forms.AlarmForm.unit": Act("/alarm/", "unit", "bureau", {"what": "来访"}),
    "incidents.serializers.AlarmSerializer.unit": Act(
        "/api/v1/alarms/", "unit", "bureau", {"client_id": "a", "what": "来访"}
    ),
    "plans.lifecycle.serializers.EvaluateSerializer.unit": Act(
        "/api/v1/plans/{plan}/evaluate/", "unit", "bureau", {"facts": {"headcount": 30}}
    ),
    "resources.forms.OfUnitForm.unit": Act(
        "/partners/new/", "unit", "bureau", {"kind": "police", "name": "派出所", "phone": "0500-1100110"}
    ),
    "resources.experts.forms.NewExpertForm.account": Act(
        "/experts/new/", "account", "colleague", {"unit": "C1", "skill": "心理"}
    ),
    "supervision.corrections.forms.CorrectionSerializer.unit": Act(
        "/api/v1/supervision-visits/{visit}/corrections/", "unit", "township", _FIX
    ),
    "supervision.visits.forms.VisitSerializer.unit": Act(
        "/api/v1/supervision-visits/", "unit", "township", {**_VISIT, "team": "{team}"}
    ),
    "supervision.inquiries.forms.NewInquirySerializer.bureau": Act(
        "/api/v1/inquiries/", "bureau", "bureau", _INQUIRY, "county1.director"
    ),
    "supervision.inquiries.forms.NewInquirySerializer.unit": Act(
        "/api/v1/inquiries/", "unit", "township", _INQUIRY, "county1.director"
    ),
    "supervision.inquiries.forms.NewInquirySerializer.investigator": Act(
        "/api/v1/inquiries/", "investigator", "colleague", _INQUIRY, "county1.director"
    ),
    "supervision.inquiries.forms.NewInquirySerializer.decider": Act(
        "/api/v1/inquiries/", "decider", "colleague", _INQUIRY, "county1.director"
    ),
    "supervision.inquiries.forms.OpenForm.unit": Act(
        "/supervision/inquiries/new/", "unit", "township", _INQUIRY, "county1.director"
    ),
    "supervision.inquiries.forms.OpenForm.investigator": Act(
        "/supervision/inquiries/new/", "investigator", "colleague", _INQUIRY, "county1.director"
    ),
    "supervision.inquiries.forms.OpenForm.decider": Act(
        "/supervision/inquiries/new/", "decider", "colleague", _INQUIRY, "county1.director"
    ),
    "supervision.teams.forms.NewTeamSerializer.unit": Act(
        "/api/v1/supervision-teams/", "unit", "bureau", _TEAM, "county1.director"
    ),
    "supervision.teams.forms.NewTeamSerializer.leader": Act(
        "/api/v1/supervision-teams/", "leader", "colleague", _TEAM, "county1.director"
    ),
    "supervision.teams.forms.NewTeamSerializer.members": Act(
        "/api/v1/supervision-teams/", "members", "colleague", {**_TEAM, "members": ["{it}"]}, "county1.director"
    ),
    "supervision.teams.forms.NewTeamSerializer.areas": Act(
        "/api/v1/supervision-teams/", "areas", "village", {**_TEAM, "areas": ["{it}"]}, "county1.director"
    ),
}  # fmt: skip
#: Field → how it is tried.
ACTS = NAMING | {
    "accounts.exclusions.forms.NewRecusalSerializer.number": Act(
        "/api/v1/recusals/", "number", "demand", {"kind": "demand", "reason": "亲属"}
    ),
    "cases.demands.forms.NewDemandSerializer.incident": Act(
        "/api/v1/demands/", "incident", "incident", {"point": "工资", "unit": "C1"}
    ),
    "cases.demands.forms.NewDemandSerializer.matter": Act(
        "/api/v1/demands/", "matter", "matter", {"point": "工资", "unit": "C1"}
    ),
    "cases.demands.forms.NewDemandSerializer.reception": Act(
        "/api/v1/demands/", "reception", "reception", {"point": "工资", "unit": "C1"}
    ),
    "cases.leader_cases.forms.NewLeaderCaseSerializer.demand": Act(
        "/api/v1/leader-cases/", "demand", "demand", _CASE
    ),
    "cases.leader_cases.forms.NewLeaderCaseSerializer.incident": Act(
        "/api/v1/leader-cases/", "incident", "incident", _CASE
    ),
    "cases.leader_cases.forms.NewLeaderCaseSerializer.matter": Act(
        "/api/v1/leader-cases/", "matter", "matter", _CASE
    ),
    "cases/leader_cases/views.py: demand": Act("/leader-cases/propose/", "demand", "demand", _CASE),
    "cases/leader_cases/views.py: incident": Act("/leader-cases/propose/", "incident", "incident", _CASE),
    "cases/leader_cases/views.py: matter": Act("/leader-cases/propose/", "matter", "matter", _CASE),
    "cases.receptions.forms.NewReceptionSerializer.incident": Act(
        "/api/v1/receptions/", "incident", "incident", _RECEPTION
    ),
    "cases.receptions.forms.NewReceptionSerializer.matter": Act(
        "/api/v1/receptions/", "matter", "matter", _RECEPTION
    ),
    "command.activation.serializers.NewResponseSerializer.incident": Act(
        "/api/v1/responses/", "incident", "incident", _RESPONSE
    ),
    "command.handing_over.forms.HandOverForm.partner": Act(
        "/incidents/{incident}/hand-over/", "partner", "partner", _HANDED
    ),
    "command.handing_over.forms.HandOverSerializer.partner": Act(
        "/api/v1/incidents/{incident}/handed-over/", "partner", "partner", _HANDED
    ),
    "command.linkage.forms.TieForm.into": Act("/linkage/{linkage}/tie/", "into", "incident", {"rev": "1"}),
    "command.linkage.serializers.NewLinkageOrderSerializer.incident": Act(
        "/api/v1/linkage-orders/", "incident", "incident", _LINKED
    ),
    "command.linkage.serializers.TieSerializer.incident": Act(
        "/api/v1/linkage-orders/{linkage}/tie/", "incident", "incident", {}
    ),
    "command.orders.serializers.BulkOrderSerializer.incident": Act(
        "/api/v1/orders/bulk/", "incident", "incident", {**_ORDER, "to": ["squad:dialogue@C1"]}
    ),
    "command.orders.serializers.NewOrderSerializer.incident": Act(
        "/api/v1/orders/", "incident", "incident", {**_ORDER, "to": "squad:dialogue@C1"}
    ),
    "early_warnings.serializers.NewWarningSerializer.incident": Act(
        "/api/v1/early-warnings/", "incident", "incident", _WARNING
    ),
    "incidents.reporting.forms.MergeForm.into": Act(
        "/incidents/{incident}/merge/", "into", "incident", {}
    ),
    "resources.experts.api.NewCallSerializer.expert": Act(
        "/api/v1/incidents/{incident}/experts/", "expert", "expert", {"question": "怎么劝"}
    ),
    "resources.experts.forms.CallForm.expert": Act(
        "/incidents/{incident}/experts/", "expert", "expert", {"question": "怎么劝"}
    ),
    "resources.materials.api.MovementSerializer.incident": Act(
        "/api/v1/materials/{material}/movements/", "incident", "incident", {"verb": "received", "quantity": 3}
    ),
    "resources.materials.forms.MovementForm.incident": Act(
        "/materials/{material}/move/", "incident", "incident", {"verb": "received", "quantity": 3, "rev": "1"}
    ),
    "supervision.visits.forms.VisitSerializer.team": Act(
        "/api/v1/supervision-visits/", "team", "team", _VISIT
    ),
    "supervision/visits/views.py: team": Act("/supervision/visits/new/", "team", "team", _VISIT),
    "supervision.inquiries.forms.NewInquirySerializer.about": Act(
        "/api/v1/inquiries/", "about", "finding", _FOUND, "county1.director"
    ),
    "supervision.inquiries.forms.OpenForm.about": Act(
        "/supervision/inquiries/new/", "about", "finding", _FOUND, "county1.director"
    ),
    "supervision.inquiries.forms.DismissForm.about": Act(
        "/supervision/inquiries/dismiss/", "about", "finding", {"reason": "已处理", "why": "已处理", "note": "已处理"},
        "county1.director",
    ),
    "cases/demands/views.py: incident": Act(
        "/demands/register/", "incident", "incident", {"points": "工资", "origin": "counter", "unit": "C1"}
    ),
    "cases/matters/views.py: item": Act("/reports/matters/register/", "item", "item", {}),
    "cases/official_forms/views.py: matter": Act("/reports/forms/begin/", "matter", "matter", {"kind": "F2"}),
    "zero_reports/questions/views.py: incident": Act(
        "/reports/zeros/", "incident", "incident", {"receipt": "{receipt}", "reason": "later"}
    ),
    "incidents/views.py: share": Act("/incidents/{incident}/unshare/", "share", "share", {}),
}  # fmt: skip
#: What the names do not find: the number of what somebody recuses from, and what one function reads of a whole request.
OF_ANY_NAME = {
    "accounts.exclusions.forms.NewRecusalSerializer.number",
    *(f"cases/leader_cases/views.py: {name}" for name in ("demand", "incident", "matter")),
}


def named() -> set[str]:
    """Every field of a form or body that is called like a thing."""
    fields = [(form, form_fields(form)) for form in form_classes()]
    fields += [(kind, kind._declared_fields) for kind in serializer_classes()]
    found = {
        f"{kind.__module__}.{kind.__qualname__}.{name}"
        for kind, names in fields
        for name, field in names.items()
        if name in NAMES or (name in UNITS_AND_PEOPLE and not _is_list_of_offers(field))
    }
    return found | OF_ANY_NAME


def _is_list_of_offers(field) -> bool:
    """Whatever is not offered is answered alike, by Django itself; a WhereField takes more than it offers."""
    offers = isinstance(
        field, forms.ChoiceField | forms.ModelChoiceField | forms.DateField | forms.BooleanField
    )
    return offers and not isinstance(field, WhereField)


def taken_without_a_form() -> set[str]:
    """What views take from a request by such a name, as "file: name"."""
    return {
        f"{file.relative_to(settings.BASE_DIR)}: {name}"
        for room in ROOMS
        for file in (settings.BASE_DIR / room).rglob("*.py")
        for name in re.findall(r'request\.POST(?:\.get|\.getlist)?[\[(]"(\w+)"', file.read_text())
        if name in NAMES | UNITS_AND_PEOPLE
    }


def test_every_field_that_names_a_thing_is_tried_here_or_where_the_table_says():
    known = {*ACTS, *WORDS, *ELSEWHERE, *ANYBODY}

    assert (named() | taken_without_a_form()) ^ known == set()
    assert len(known) == len(ACTS) + len(WORDS) + len(ELSEWHERE) + len(ANYBODY)


@pytest.mark.parametrize("place", ELSEWHERE)
def test_the_table_names_tests_that_exist(place):
    file, name = ELSEWHERE[place].split("::")

    assert f"def {name}(" in (settings.BASE_DIR / file).read_text()


class Sent(NamedTuple):
    status: int
    #: What is said, without what was typed and without what each answer has of its own.
    said: str


class Sender:
    """One person's browser. What a request does is undone after it."""

    def __init__(self, person):
        self.browser = Client(raise_request_exception=False)
        self.browser.force_login(person)

    def __call__(self, act: Act, thing, *, typed) -> tuple[Sent, dict]:
        """The answer, and the tables that have more or fewer rows than before."""
        body, program = act.body, act.address.startswith("/api/")
        placed = _placed(body, thing)
        body = placed if placed != body else {**body, act.field: thing}
        with transaction.atomic():
            before = _rows()
            if program:
                answer = self.browser.generic(
                    act.method, act.address, json.dumps(body), content_type="application/json",
                    headers={"Idempotency-Key": "k"},
                )  # fmt: skip
            else:
                answer = self.browser.post(act.address, body)
            after = _rows()
            changed = {name: after[name] - count for name, count in before.items() if after[name] != count}
            transaction.set_rollback(True)
        # What was said of one act is not to be shown with the next.
        self.browser.cookies.pop("messages", None)
        text = f"{answer.headers.get('Location', '')} {answer.content.decode()}"
        return Sent(answer.status_code, _without(text, typed)), changed


def _placed(value, thing):
    """The value with the thing where `{it}` stands."""
    if isinstance(value, dict):
        return {name: _placed(inner, thing) for name, inner in value.items()}
    if isinstance(value, list):
        return [_placed(inner, thing) for inner in value]
    return thing if value == "{it}" else value


def _rows() -> dict[str, int]:
    # That an answer was kept, so that the request may be repeated, is no change.
    done = Entry.objects.exclude(kind__in=SHOWN_AGAIN).count()
    return {**_everything(), "common.givenanswer": 0, "journal.entry": done}


def _without(text: str, typed) -> str:
    for value in typed:
        text = re.sub(rf"(?<!\w){re.escape(str(value))}(?!\w)", "…", text)
    text = re.sub(r'"request_id": ?"[^"]*"|"csrf": ?"[^"]*"|nonce="[^"]*"', "", text)
    return re.sub(r'(name="(?:csrfmiddlewaretoken|idempotency_key)" value=)"[^"]*"', r"\1", text)


@pytest.fixture
def things(far, alarm, cast, units, reach, now) -> dict[str, Trio]:
    """One of each kind in county 1 and in county 2, and one that there is not."""
    today, later = period_of(DAILY, day_of(now)), now + datetime.timedelta(days=2)
    made: dict[str, list] = {}

    def lost(unit, county):
        found = alarm(f"{county}.duty", unit=unit, headcount=5, casualties={"dead": 1, "injured": 0})
        mark_item(
            incident_id=found.pk, reach=reach(f"{county}.duty"), item="call_120", outcome="done", now=now
        )
        return found

    for unit, town, village in (("C1", "T12", "V121"), ("C2", "T21", "V211")):
        county = unit.replace("C", "county")
        desk = {"reach": reach(f"{county}.duty"), "now": now}
        incident = Incident.objects.get(place=f"PLACE-{unit}")
        report = file_report(
            reach=reach(f"village{village[1:]}.informant"), unit=units[village], period=today, answer="items",
            items=[Item("labour", 3, "N"), Item("labour", 1, "M")], now=now,
        )  # fmt: skip
        first, second = ReportItem.objects.filter(report__unit=units[village]).order_by("pk")
        matter = register_matter(item_id=first.pk, **desk)
        order, _new = receive_order(
            unit=units[unit], asked=Asked("中心", f"L-{unit}", "纠纷", "大厅", "到场"), via=Via.HAND, **desk
        )
        share_incident(incident_id=incident.pk, unit=units["C0"], reason="相邻", **desk)
        makeup = Makeup("一组", cast[f"{county}.duty"], [cast[f"{county}.leader"]], [units[town]])
        team = set_up_team(reach=reach(f"{county}.director"), unit=units[unit], makeup=makeup, now=now)
        visited = record_visit(
            team_id=team.pk, reach=reach(f"{county}.duty"), unit=units[town], now=now,
            seen=Seen(
                visited_on=day_of(now), villages=1, came="一组", topics=["disputes"], looked_at="台账", found="不全",
                said="补齐", responsible="所长",
            ),
        )  # fmt: skip
        found = {
            "bureau": unit,
            "township": town,
            "village": village,
            "colleague": f"{county}.leader",
            "recipient": f"person:{county}.leader",
            "owner": f"post:{Post.objects.get(unit=units[unit], kind='director').pk}",
            "visit": visited.number,
            "plan": incident.plan.plan.plan_id,
            "incident": incident.number,
            "matter": matter.number,
            "demand": Demand.objects.get(unit__code=unit).number,
            "item": second.pk,
            "reception": book_reception(unit=units[unit], place="大厅", scheduled_at=later, **desk).number,
            "expert": add_expert(
                unit=units[unit], kind="", skill="心理", name=f"专家{unit}", organisation="医院",
                phone="0500-1100110", **desk,
            ).pk,
            "partner": add_partner(
                unit=units[unit], kind="police", name=f"公安{unit}", phone="0500-1100110", note="", **desk
            ).pk,
            "team": team.pk,
            "material": add_material(
                unit=units[unit], name=f"喊话器{unit}", measure="个", place="库房", minimum=0, **desk
            ).pk,
            "linkage": order.number,
            "finding": lost(unit, county).key,
            "receipt": report.receipt,
            "share": Share.objects.get(incident=incident).pk,
        }  # fmt: skip
        for kind, value in found.items():
            made.setdefault(kind, []).append(value)
    missing = {str: lambda one: one[:-3] + "977", int: lambda one: one + 90000}
    return {kind: Trio(*pair, missing[type(pair[1])](pair[1])) for kind, pair in made.items()}


def test_a_strangers_thing_is_answered_as_one_that_there_is_not(things, cast, now):
    """`wrong` says for each field what happened."""
    wrong = {}
    with time_machine.travel(now, tick=False):
        tomorrow = (now + datetime.timedelta(days=1)).isoformat()
        own_ones = {**{kind: trio.own for kind, trio in things.items()}, "tomorrow": tomorrow}
        senders = {name: Sender(cast[name]) for name in {act.who for act in ACTS.values()}}
        for place, act in ACTS.items():
            act = _about(act, own_ones)
            trio, send = things[act.things], senders[act.who]
            missing, _changed = send(act, trio.missing, typed=trio)
            strange, changed = send(act, trio.strange, typed=trio)
            own, _changed = send(act, trio.own, typed=trio)
            if own == missing:
                wrong[place] = f"was not read: {own}"
            elif strange != missing or changed or missing.status < 400:
                wrong[place] = f"{strange} instead of {missing}, changed: {changed}"
    assert wrong == {}


def _about(act: Act, own_ones: dict) -> Act:
    """With the sender's own things in address and body."""
    body = {
        name: given.format(**own_ones, it="{it}") if isinstance(given, str) else given
        for name, given in act.body.items()
    }
    return act._replace(address=act.address.format(**own_ones), body=body)


#: Who may neither manage matters, nor command, nor supervise: they report for their village and those above.
OUTSIDERS = ["village111.informant", "county1.expert"]
#: They may name units here themselves: an alarm is everybody's to raise.
EVERYBODYS = {
    "incidents.reporting.forms.AlarmForm.unit", "incidents.serializers.AlarmSerializer.unit",
    "plans.lifecycle.serializers.EvaluateSerializer.unit",
}  # fmt: skip
_OTHERS = {
    "cases.demands.forms.NewDemandSerializer.accused": Act("/api/v1/demands/", "accused", "bureau", _DEMAND),
    "cases.demands.forms.TransferSerializer.to": Act(
        "/api/v1/demands/{demand}/transfer/", "to", "bureau", {"reason": "属地"}
    ),
    "cases.demands.forms.AccusationSerializer.people": Act(
        "/api/v1/demands/{demand}/accusation/", "people", "colleague",
        {"accused": "T11", "people": ["{it}"], "note": "检举"},
    ),
    "incidents.reporting.forms.ShareForm.unit": Act("/incidents/{incident}/share/", "unit", "bureau", {"reason": "相邻"}),
    "incidents.reporting.forms.ShareForm.person": Act(
        "/incidents/{incident}/share/", "person", "colleague", {"reason": "相邻"}
    ),
}  # fmt: skip


def test_whoever_may_not_do_it_hears_the_same_of_every_name(things, cast, now):
    """Of units and people near, far, and of none at all."""
    wrong = {}
    with time_machine.travel(now, tick=False):
        tomorrow = (now + datetime.timedelta(days=1)).isoformat()
        own_ones = {**{kind: trio.own for kind, trio in things.items()}, "tomorrow": tomorrow}
        for username in OUTSIDERS:
            send = Sender(cast[username])
            for place, act in (NAMING | _OTHERS).items():
                if place in EVERYBODYS:
                    continue
                trio = things[act.things]
                heard = {send(_about(act, own_ones), thing, typed=trio)[0] for thing in trio}
                if len(heard) > 1 or min(heard).status < 400:
                    wrong[username, place] = heard
    assert wrong == {}


def test_what_is_on_anothers_list_is_not_taken_over(handed, signed_in, now):
    """Of a handover one takes what is on its own list; other numbers are passed over."""
    HandoverItem.objects.update(taken_at=None)
    Handover.objects.update(taken_at=None, taken_by=None)
    mine, other = Handover.objects.filter(given_at__isnull=False).order_by("pk")[:2]
    strange = list(other.items.values_list("pk", flat=True))

    with time_machine.travel(now, tick=False):
        answer = signed_in(mine.incoming.person.username).post(
            f"/handovers/{mine.pk}/take/", {"item": strange}
        )

    mine.refresh_from_db()
    assert (answer.status_code, mine.taken_by) == (303, mine.incoming.person)
    assert not HandoverItem.objects.filter(pk__in=strange, taken_at__isnull=False).exists()
