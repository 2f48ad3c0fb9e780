"""Demands over the HTTP API."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.naming import Names
from accounts.queries import open_unit
from cases.demands import actions, forms, queries, rules
from cases.demands.acts import ACTS
from cases.demands.choices import DemandOrigin
from cases.demands.models import Demand
from cases.demands.paging import due_page
from cases.demands.shapes import DemandShape, DemandsShape
from cases.matters.queries import get_matter
from cases.receptions.counter import register_at
from cases.receptions.queries import get_reception
from clocks.serializers import ClockSerializer
from clocks.terms.rules import leading_clock
from common.api.description import LIMIT, any_of, sent
from common.api.doors import check_if_match, etag, idempotent
from common.api.lists import bad_filter, query_of, read_size
from common.api.serializers import validated
from common.dates.date_fields import ApiMomentField
from common.errors import Invalid, not_found
from incidents.queries import get_incident
from journal.kinds import KINDS
from plans.document.steps import step_label

_STATES = ("open", "all", rules.REPLIED, rules.DELIVERED, rules.CLOSED)


_ASKED = [
    OpenApiParameter("unit", str),
    OpenApiParameter("due_before", str, description="ISO 8601"),
    OpenApiParameter("state", str, enum=_STATES),
    OpenApiParameter("incident", str),
    OpenApiParameter("limit", LIMIT["schema"]),
    OpenApiParameter("after", str, description="the place in `next`"),
]


class Demands(APIView):
    """Demands, those first that are due first; POST registers one point."""

    @extend_schema(
        operation_id="demands_list",
        parameters=_ASKED,
        responses={200: DemandsShape},
    )
    def get(self, request):
        asked = query_of(request, _ASKED)
        unit = open_unit(asked["unit"]) if asked.get("unit") else None
        due = _moment(asked["due_before"]) if "due_before" in asked else None
        rows = queries.demands(request.reach, unit=unit, state=asked.get("state", "open"), due_before=due)
        if asked.get("unit") and unit is None:
            rows = rows.none()
        if asked.get("incident"):
            rows = rows.filter(incident=get_incident(request.reach, asked["incident"]))
        return answer_page(rows, request)

    @extend_schema(
        operation_id="demands_new",
        request=forms.NewDemandSerializer,
        responses={201: DemandShape},
        examples=[
            sent("at the counter", {"point": "请求核实公证费用", "unit": "C1", "lead_unit": "C1"}),
            sent("out of an incident", {"point": "要求答复欠薪", "incident": "C1-20261122-001"}),
        ],
    )
    @idempotent
    def post(self, request):
        given = validated(forms.NewDemandSerializer, request.data)
        about = _new(request.reach, given)
        if given["reception"]:
            reception = get_reception(request.reach, given["reception"])
            demand = register_at(reach=request.reach, reception_id=reception.pk, now=request.now, **about)
        else:
            demand = actions.register_demand(reach=request.reach, now=request.now, **about)
        return _answer(demand, request.now, status=201)


def _new(reach, given) -> dict:
    """Where it came from, and what that brings along."""
    own = Names.of_verb(reach, "matter.manage")
    incident = get_incident(reach, given["incident"]) if given["incident"] else None
    matter = get_matter(reach, given["matter"]) if given["matter"] else None
    lead = forms.lead_named(reach, given["lead_unit"])
    unit = own.unit(given["unit"]) if given["unit"] else None
    received = get_reception(reach, given["reception"]).unit if given["reception"] else None
    unit = unit or received or (incident and incident.unit) or (matter and matter.unit) or lead
    if unit is None:
        sentence = _("No demand was registered: say for which unit.")
        raise Invalid("unit_missing", sentence, fields={"unit": [_("Say which unit.")]})
    origin = DemandOrigin.INCIDENT if incident else DemandOrigin.MATTER if matter else given["origin"]
    return {
        "unit": unit,
        "origin": origin,
        "point": given["point"],
        "passed_on": given["passed_on"],
        "kind": given["class"],
        "lead_unit": lead,
        "supporters": forms.helpers_named(reach, given["support_units"], "support_units"),
        "office_number": given["external_number"],
        "incident": incident or (matter and matter.incident),
        "matter": matter,
        "accused": forms.accused_named(reach, given["accused"]),
    }


class OneDemand(APIView):
    """A demand with its clocks, its leading clock and the steps that may be noted."""

    @extend_schema(operation_id="demands_one", responses={200: DemandShape})
    def get(self, request, number):
        return _answer(queries.get_demand(request.reach, number), request.now)


class DemandAct(APIView):
    """`steps`, `notice`, `promise`, `reply`, `deliver`, `extend`, `pause`, `resume`, `transfer`, `object`, `review`, `accusation`, `close`.

    `extend` without approval or without word to whoever waits is 409; so is `close` without external number, reply and
    delivery. `review` takes a step of the statute, such as `review.request_received`.
    """

    verbs = ACTS

    @extend_schema(
        operation_id="demands_act",
        examples=[
            sent("promise", {"days": 5, "told_how": "by_phone"}),
            sent("steps", {"kind": "demand.contacted", "note": "已电话联系"}),
        ],
        request=any_of("DemandAct", {verb: body for verb, (body, _action, _meant) in ACTS.items()}),
        responses={200: DemandShape, 204: None},
    )
    @idempotent
    def post(self, request, number, verb):
        if verb not in self.verbs:
            raise not_found()
        body, action, as_meant = ACTS[verb]
        demand = queries.get_demand(request.reach, number)
        check_if_match(request, demand.rev)
        given = as_meant(validated(body, request.data), request.reach)
        action(reach=request.reach, demand_id=demand.pk, now=request.now, **given)
        if not Demand.objects.visible_to(request.reach).filter(pk=demand.pk).exists():
            # Out of the caller's sight by what was done: sent back, or an accusation against their own unit.
            return Response(status=204)
        return _answer(queries.get_demand(request.reach, number), request.now)


def _moment(text: str) -> datetime:
    try:
        return ApiMomentField().to_internal_value(text)
    except ValidationError as error:
        raise bad_filter({"due_before": error.detail}) from error


def answer_page(rows, request) -> Response:
    """One page, and the address of the next."""
    page = due_page(rows, request.query_params, read_size(request.query_params.get("limit", "")))
    following = request.build_absolute_uri(f"{request.path}{page.after}") if page.after else None
    return Response({"next": following, "results": [line_of(demand) for demand in page.rows]})


def line_of(demand: Demand) -> dict:
    return {
        "number": demand.number,
        "point": demand.point,
        "class": demand.kind,
        "state": demand.state,
        "origin": demand.origin,
        "unit": demand.unit.code,
        "lead_unit": demand.lead_unit.code,
        "external_number": demand.office_number,
        "due_at": demand.due,
        "promised_by": demand.promised_until,
        "registered_at": demand.registered_at,
        "href": reverse("api:demand", args=[demand.number]),
    }


def _answer(demand: Demand, now, status=200) -> Response:
    clocks = queries.clocks_of(demand)
    leading = leading_clock(clocks)
    left = rules.steps_left(demand.state)
    kinds = [KINDS[name] for name in left] + [step.kind for step in queries.steps_of_statutes(now)]
    body = {
        **line_of(demand),
        "support_units": [unit.code for unit in demand.supporters.all()],
        "incident": demand.incident.number if demand.incident else None,
        "matter": demand.matter.number if demand.matter else None,
        "reception": point.reception.number if (point := getattr(demand, "reception_point", None)) else None,
        "passed_on": demand.passed_on or None,
        "notice_number": demand.receipt_number,
        "accepted_at": demand.accepted_at,
        "promised_days": demand.promised_days,
        "replied_at": demand.replied_at,
        "outcome": demand.outcome or None,
        "law": demand.law,
        "reply_number": demand.reply_number,
        "delivered_at": demand.delivered_at,
        "delivered_how": demand.delivered_how or None,
        "signed": demand.signed,
        "closed_at": demand.closed_at,
        "clocks": ClockSerializer(clocks, many=True, context={"now": now}).data,
        "leading_clock": leading.clock_id if leading else None,
        "steps": [{"kind": kind.name, "title": step_label(kind)} for kind in kinds],
    }
    headers = {"ETag": etag(demand.rev)}
    if status == 201:
        headers["Location"] = reverse("api:demand", args=[demand.number])
    return Response(body, status=status, headers=headers)
