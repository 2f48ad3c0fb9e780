"""The door of the HTTP API to the reports to the level above."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from command.report_chain import actions, queries, sending, serializers, signing
from command.report_chain.contents.paper import respond_with
from command.report_chain.shapes import KnownToldShape, ReportChainShape, UpwardReportShape
from common.api.description import PAPER
from common.api.doors import check_if_match, etag, idempotent
from common.api.negotiation import OneForm
from common.api.serializers import validated
from incidents.queries import get_incident


class Reports(APIView):
    """The chain of an incident in its order, and what may come next; POST drafts the next report."""

    @extend_schema(operation_id="upward_reports_list", responses={200: ReportChainShape})
    def get(self, request, number):
        incident = get_incident(request.reach, number)
        reports = list(queries.reports_of(incident))
        coming = queries.next_reports(incident, reports)
        return Response(
            {
                "drill": incident.drill,
                "results": [serializers.detail(report, request.now) for report in reports],
                "next": [serializers.next_report(one) for one in coming],
                "told_with_warnings": [
                    serializers.told_with_warning(one) for one in queries.superior_reports(incident)
                ],
            }
        )

    @extend_schema(request=serializers.NewUpwardReportSerializer, responses={201: UpwardReportShape})
    @idempotent
    def post(self, request, number):
        given = validated(serializers.NewUpwardReportSerializer, request.data)
        incident = get_incident(request.reach, number)
        report = actions.draft_report(incident_id=incident.pk, reach=request.reach, now=request.now, **given)
        answer = shown(request, number, report.n)
        answer.status_code, answer["Location"] = 201, answer.data["url"]
        return answer


class OneReport(APIView):
    @extend_schema(responses={200: UpwardReportShape})
    def get(self, request, number, n):
        return shown(request, number, n)


class _Act(APIView):
    """One act on a report. A repeat with the same Idempotency-Key gives the first answer."""

    serializer_class: type = serializers.NothingSerializer
    #: The action.
    done = None

    @idempotent
    def post(self, request, number, n):
        given = validated(self.serializer_class, request.data)
        report = queries.get_report(request.reach, number, n)
        check_if_match(request, report.rev)
        rev = report.rev if request.headers.get("If-Match") else None
        type(self).done(report_id=report.pk, reach=request.reach, now=request.now, rev=rev, **given)
        return shown(request, number, n)


@extend_schema(request=serializers.UpwardReviseSerializer, responses={200: UpwardReportShape})
class Revise(_Act):
    """Change the text of a draft."""

    serializer_class = serializers.UpwardReviseSerializer
    done = staticmethod(actions.revise_report)


@extend_schema(request=None, responses={200: UpwardReportShape})
class Redraft(_Act):
    """Draft the text anew from what is known by now."""

    done = staticmethod(actions.redraft_report)


@extend_schema(request=None, responses={200: UpwardReportShape})
class Ask(_Act):
    """Tell whoever signs that it waits."""

    done = staticmethod(signing.ask_for_signature)


@extend_schema(request=serializers.UpwardDiscardSerializer, responses={200: UpwardReportShape})
class Discard(_Act):
    serializer_class = serializers.UpwardDiscardSerializer
    done = staticmethod(actions.discard_report)


@extend_schema(request=serializers.UpwardPhoneSerializer, responses={200: UpwardReportShape})
class Phone(_Act):
    """Record that a recipient was told by telephone first."""

    serializer_class = serializers.UpwardPhoneSerializer
    done = staticmethod(sending.record_telephone_report)


@extend_schema(request=serializers.UpwardSignSerializer, responses={200: UpwardReportShape})
class Sign(_Act):
    """Sign with the password or a one-time code, asked again now; the text is frozen when this answers."""

    serializer_class = serializers.UpwardSignSerializer
    done = staticmethod(signing.sign_report)


@extend_schema(request=serializers.UpwardSendSerializer, responses={200: UpwardReportShape})
class Send(_Act):
    """Record that the text went to a recipient, or to all of them."""

    serializer_class = serializers.UpwardSendSerializer
    done = staticmethod(sending.send_report)


@extend_schema(request=serializers.UpwardReceiptSerializer, responses={200: UpwardReportShape})
class Receipt(_Act):
    """Record who received it, when, and under which number it is kept there."""

    serializer_class = serializers.UpwardReceiptSerializer
    done = staticmethod(sending.record_receipt)


class Paper(APIView):
    """A signed report as official paper, `pdf` or `docx`."""

    content_negotiation_class = OneForm

    @extend_schema(responses=PAPER)
    def get(self, request, number, n, kind):
        return respond_with(queries.get_report(request.reach, number, n), kind)


class KnownTold(APIView):
    """What is known now against what the level above was told, line by line; `line` where there are two of superiors."""

    @extend_schema(operation_id="incidents_known_told", responses=KnownToldShape(many=True))
    def get(self, request, number):
        incident = get_incident(request.reach, number)
        reports, superiors = list(queries.reports_of(incident)), queries.superior_reports(incident)
        compared = queries.known_and_told(incident, reports, superiors)
        return Response(
            [
                serializers.known_told_line(line) | {"drill": incident.drill, "line": one.line}
                for one in compared
                for line in one.lines
            ]
        )


def shown(request, number: str, n: int) -> Response:
    report = queries.get_report(request.reach, number, n)
    return Response(serializers.detail(report, request.now), headers={"ETag": etag(report.rev)})
