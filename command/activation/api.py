"""The responses' door of the HTTP API."""

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response as Answer
from rest_framework.views import APIView

from accounts.access.pagination import UnitFilterSet, answer_list
from command.activation import actions, queries, serializers
from command.activation.models import Response
from command.activation.shapes import ObligationShape, ResponseShape, ResponsesPage
from command.obligations.actions import settle_duty
from command.obligations.choices import DutyVerb
from common.api.doors import check_if_match, etag, idempotent
from common.api.serializers import validated
from common.errors import not_found
from incidents.queries import get_incident


class ResponseFilter(UnitFilterSet):
    """`state`, `level`, `incident` (its number), `unit` (and below), `matter` (words in it), `drill`."""

    incident = filters.CharFilter(field_name="incident__number")
    matter = filters.CharFilter(lookup_expr="icontains", max_length=80)

    class Meta:
        model = Response
        fields = ["state", "level", "drill"]


class Responses(APIView):
    """Responses this caller may see, newest first; POST asks for one, and with a credential starts it."""

    @extend_schema(operation_id="responses_list", responses={200: ResponsesPage})
    def get(self, request):
        rows = queries.responses(request.reach)
        return answer_list(
            request, rows, filters=ResponseFilter, newest_by="proposed_at", as_dict=serializers.summary
        )

    @extend_schema(request=serializers.NewResponseSerializer, responses={201: ResponseShape})
    @idempotent
    def post(self, request):
        given = validated(serializers.NewResponseSerializer, request.data)
        incident = get_incident(request.reach, given["incident"])
        response = actions.propose_response(
            incident_id=incident.pk,
            reach=request.reach,
            statement=given["statement"],
            credential=given["credential"],
            now=request.now,
        )
        answer = shown(request, response.number)
        return Answer(
            answer.data, status=201, headers={"ETag": answer.headers["ETag"], "Location": answer.data["url"]}
        )


class OneResponse(APIView):
    """One response with its command post as it stands now, its duties and the decisions about it."""

    @extend_schema(responses={200: ResponseShape})
    def get(self, request, number):
        return shown(request, number)


class Act(APIView):
    """One act on a response. A repeat with the same Idempotency-Key gives the first answer."""

    serializer_class: type = serializers.ResponseNothingSerializer

    @idempotent
    def post(self, request, number):
        given = validated(self.serializer_class, request.data)
        response = queries.get_response(request.reach, number)
        check_if_match(request, response.rev)
        rev = response.rev if request.headers.get("If-Match") else None
        about = {"response_id": response.pk, "reach": request.reach, "now": request.now, "rev": rev}
        self.act(given, about)
        return shown(request, number)

    def act(self, given, about):
        raise NotImplementedError


@extend_schema(request=serializers.ResponseChangeSerializer, responses={200: ResponseShape})
class Change(Act):
    """Ask for another level, matter, measures or length; with a credential it is decided at once."""

    serializer_class = serializers.ResponseChangeSerializer

    def act(self, given, about):
        actions.change_response(**given, **about)


@extend_schema(request=serializers.ResponseEndSerializer, responses={200: ResponseShape})
class End(Act):
    """End it, or without a credential ask for the end. Refused with the list of what is open."""

    serializer_class = serializers.ResponseEndSerializer

    def act(self, given, about):
        actions.end_response(**given, **about)


@extend_schema(request=serializers.ResponseDecideSerializer, responses={200: ResponseShape})
class Decide(Act):
    """Sign the decision that is asked for."""

    serializer_class = serializers.ResponseDecideSerializer

    def act(self, given, about):
        actions.sign_decision(**given, **about)


@extend_schema(request=serializers.ResponseRefuseSerializer, responses={200: ResponseShape})
class Refuse(Act):
    serializer_class = serializers.ResponseRefuseSerializer

    def act(self, given, about):
        actions.refuse_decision(**given, **about)


@extend_schema(request=None, responses={200: ResponseShape})
class Withdraw(Act):
    def act(self, given, about):
        actions.withdraw_decision(**about)


class OneObligation(APIView):
    """One duty of a response."""

    @extend_schema(operation_id="responses_obligation", responses={200: ObligationShape})
    def get(self, request, number, duty):
        return Answer(shown_duty(request, number, duty))


class SettleObligation(APIView):
    """Say that a duty was done (`done`) or is not needed (`not-needed`)."""

    verbs = DutyVerb.values

    @extend_schema(
        operation_id="responses_settle",
        request=serializers.SettleDutySerializer,
        responses={200: ObligationShape},
    )
    @idempotent
    def post(self, request, number, duty, verb):
        if verb not in self.verbs:
            raise not_found()
        given = validated(serializers.SettleDutySerializer, request.data)
        response = queries.get_response(request.reach, number)
        settle_duty(
            response_id=response.pk,
            duty_id=duty,
            reach=request.reach,
            verb=verb,
            settled=given["settled"],
            now=request.now,
        )
        return Answer(shown_duty(request, number, duty))


def shown(request, number) -> Answer:
    response = queries.get_response(request.reach, number)
    found = queries.whole(request.reach, response, request.now)
    return Answer(serializers.detail(found), headers={"ETag": etag(response.rev)})


def shown_duty(request, number, pk) -> dict:
    response = queries.get_response(request.reach, number)
    for duty in queries.whole(request.reach, response, request.now).duties:
        if duty.row.pk == pk:
            return serializers.obligation(response, duty)
    raise not_found()
