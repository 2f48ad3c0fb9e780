"""Written reports over the HTTP API: what is asked, one report, keep or hand in, confirm its receipt."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.doors import check_if_match, etag, idempotent
from common.api.lists import query_of
from common.api.serializers import StrictSerializer, validated
from written_reports import actions, queries, rules
from written_reports.choices import Part
from written_reports.paper.drafts import drafts
from written_reports.paper.figures import figures
from written_reports.queries import Slot
from written_reports.shapes import AskedReportsShape, WrittenReportShape
from written_reports.views import FURTHEST
from zero_reports.counts.queries import get_unit


class LineSerializer(StrictSerializer):
    """`class` (one of the plan's), `what`, `measure`, `responsible`, `deadline`; `matter`, if it is about one."""

    what = serializers.CharField(max_length=rules.LONGEST_LINE, allow_blank=True, default="")
    measure = serializers.CharField(max_length=rules.LONGEST_LINE, allow_blank=True, default="")
    responsible = serializers.CharField(max_length=120, allow_blank=True, default="")
    deadline = serializers.CharField(max_length=10, allow_blank=True, default="")
    matter = serializers.CharField(max_length=60, allow_blank=True, default="")

    def get_fields(self):
        # `class` cannot be the name of an attribute.
        name = serializers.CharField(max_length=20, allow_blank=True, default="")
        return {"class": name, **super().get_fields()}


class WrittenSerializer(StrictSerializer):
    texts = serializers.DictField(
        child=serializers.CharField(max_length=rules.LONGEST_TEXT, allow_blank=True), default=dict
    )
    lines = LineSerializer(many=True, default=list, max_length=rules.MOST_LINES)
    #: False: it is kept as a draft.
    hand_in = serializers.BooleanField(default=False)

    def validate_texts(self, texts):
        if unknown := sorted(set(texts) - set(Part.values) | {Part.DATA.value} & set(texts)):
            raise serializers.ValidationError({name: ["unknown part"] for name in unknown})
        return texts


class ReceiptSerializer(StrictSerializer):
    version = serializers.IntegerField(min_value=1)


_ASKED = [OpenApiParameter("unit", required=True), OpenApiParameter("ago", type=int)]


class WrittenReports(APIView):
    """What is asked of a unit and those below it, `ago` periods before this one."""

    @extend_schema(
        operation_id="written_reports_asked",
        parameters=_ASKED,
        responses={200: AskedReportsShape},
    )
    def get(self, request):
        unit = get_unit(request.reach, request.query_params.get("unit", ""))
        ago = min(query_of(request, _ASKED).get("ago", 0), FURTHEST)
        found = queries.asked_below(request.reach, unit, request.now, ago)
        slots = [slot for asked in found for slot in asked.slots]
        return Response({"unit": unit.code, "reports": [line(slot, request.now) for slot in slots]})


class OneWrittenReport(APIView):
    """One report: the draft, the counted figures, what was handed in. PUT keeps or hands in."""

    @extend_schema(responses={200: WrittenReportShape})
    def get(self, request, unit, plan, clock, period):
        slot = queries.get_slot(request.reach, unit, plan, clock, period, request.now)
        return Response(whole(slot, request.now), headers={"ETag": etag(slot.rev)})

    @extend_schema(request=WrittenSerializer, responses={200: WrittenReportShape, 201: WrittenReportShape})
    @idempotent
    def put(self, request, unit, plan, clock, period):
        given = validated(WrittenSerializer, request.data)
        slot = queries.get_slot(request.reach, unit, plan, clock, period, request.now)
        check_if_match(request, slot.rev)
        asked = rules.written_parts(slot.parts)
        fields = (*rules.fields_of(slot.line_kind), "matter")
        said = {
            "texts": {part: given["texts"].get(part, "") for part in asked},
            "lines": [{name: one[name] for name in fields} for one in given["lines"]]
            if slot.line_kind
            else [],
        }
        act = actions.hand_in if given["hand_in"] else actions.keep_draft
        act(reach=request.reach, slot=slot, rev=slot.rev, now=request.now, **said)
        after = queries.slot_of(slot.unit, plan, clock, slot.period, request.now)
        status = 200 if slot.report else 201
        return Response(whole(after, request.now), status=status, headers={"ETag": etag(after.rev)})


class Receipt(APIView):
    """The level above confirms that it has read a version."""

    @extend_schema(request=ReceiptSerializer, responses={200: WrittenReportShape})
    @idempotent
    def post(self, request, unit, plan, clock, period):
        given = validated(ReceiptSerializer, request.data)
        slot = queries.get_slot(request.reach, unit, plan, clock, period, request.now)
        actions.confirm_receipt(reach=request.reach, slot=slot, now=request.now, **given)
        after = queries.slot_of(slot.unit, plan, clock, slot.period, request.now)
        return Response(whole(after, request.now), headers={"ETag": etag(after.rev)})


def _drafts(slot: Slot, now) -> dict:
    asked = rules.written_parts(slot.parts)
    return {part: text for part, text in drafts(slot.unit, slot.period, now).items() if part in asked}


def line(slot: Slot, now) -> dict:
    report = slot.report
    return {
        "unit": slot.unit.code,
        "plan": slot.plan,
        "clock": slot.clock,
        "title": slot.title,
        "period": str(slot.period),
        "due_at": slot.due_at,
        "state": str(slot.state(now)),
        "version": report.version if report else 0,
        "late": bool(report and report.is_late),
        "received": bool(report and report.received_at),
    }


def whole(slot: Slot, now) -> dict:
    report = slot.report
    return {
        **line(slot, now),
        "parts": list(slot.parts),
        "lines_about": slot.line_kind,
        "texts": report.texts if report else {},
        "lines": report.lines if report else queries.first_lines(slot.unit, slot.line_kind),
        "data": figures(slot.unit, slot.period, now),
        # To begin with: sentences from the ledgers, part by part. Empty once something was handed in.
        "drafts": {} if report and report.version else _drafts(slot, now),
        "number": report.number if report else "",
        "handed_in": [
            {
                "version": version.number,
                "receipt": version.receipt,
                "at": version.handed_in_at,
                "post": version.post,
                "on_behalf": version.on_behalf,
                "texts": version.texts,
                "lines": version.lines,
                "data": version.data,
            }
            for version in queries.versions(slot)
        ],
    }
