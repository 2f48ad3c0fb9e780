"""The drills' door of the HTTP API."""

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.pagination import UnitFilterSet, answer_list
from accounts.naming import Names
from command.improvements.forms import ImprovementSerializer
from command.improvements.queries import read_owner
from common.api.doors import check_if_match, etag, idempotent
from common.api.serializers import validated
from common.errors import Invalid
from drills import permissions, serializers
from drills.choices import DrillState, ScenarioKind
from drills.conduct import actions, queries
from drills.conduct.actions import Plan
from drills.conduct.models import Drill
from drills.evaluation import actions as evaluation
from drills.scenarios.library import scenarios
from drills.shapes import DrillShape, DrillsPage, ScenariosShape


class DrillFilter(UnitFilterSet):
    """`state`, `kind`, `year` (of the plan), `unit` (and below)."""

    state = filters.ChoiceFilter(choices=DrillState.choices)
    kind = filters.ChoiceFilter(choices=ScenarioKind.choices)
    year = filters.NumberFilter(field_name="month__year")

    class Meta:
        model = Drill
        fields = ["state", "kind"]


class Drills(APIView):
    """Drills this caller may see, the newest month first; POST plans one."""

    @extend_schema(operation_id="drills_list", responses={200: DrillsPage})
    def get(self, request):
        permissions.check_can_look(request.reach)
        rows = queries.drills(request.reach)
        return answer_list(request, rows, filters=DrillFilter, newest_by="month", as_dict=serializers.row)

    @extend_schema(
        operation_id="drills_plan", request=serializers.DrillPlanSerializer, responses={201: DrillShape}
    )
    @idempotent
    def post(self, request):
        given = validated(serializers.DrillPlanSerializer, request.data)
        unit = Names.of_verb(request.reach, "drill.view").unit(given.pop("unit"))
        drill = actions.plan_drill(reach=request.reach, unit=unit, plan=_plan(given), now=request.now)
        return _answer(request, drill.number, status=201)


class OneDrill(APIView):
    @extend_schema(operation_id="drills_one", responses={200: DrillShape})
    def get(self, request, number):
        return _answer(request, number)


class _Act(APIView):
    """An act on one drill. `body`: what it takes; `act`: what it does."""

    body: type = serializers.DrillReasonSerializer

    def carry_out(self, request, number):
        given = validated(self.body, request.data)
        drill = queries.get_drill(request.reach, number)
        check_if_match(request, drill.rev)
        self.act({"reach": request.reach, "drill_id": drill.pk, "now": request.now}, given)
        return _answer(request, number)

    def act(self, asked: dict, given: dict) -> None:
        raise NotImplementedError


class Start(_Act):
    """Let the scenario's clock run."""

    @extend_schema(
        operation_id="drills_start", request=serializers.DrillReasonSerializer, responses={200: DrillShape}
    )
    @idempotent
    def post(self, request, number):
        return self.carry_out(request, number)

    def act(self, asked, given):
        actions.start_drill(**asked)


class Pause(_Act):
    """Stop the scenario's clock; the plan's clocks run on."""

    @extend_schema(
        operation_id="drills_pause", request=serializers.DrillReasonSerializer, responses={200: DrillShape}
    )
    @idempotent
    def post(self, request, number):
        return self.carry_out(request, number)

    def act(self, asked, given):
        actions.pause_drill(**asked)


class Resume(_Act):
    """Let the scenario's clock run on."""

    @extend_schema(
        operation_id="drills_resume", request=serializers.DrillReasonSerializer, responses={200: DrillShape}
    )
    @idempotent
    def post(self, request, number):
        return self.carry_out(request, number)

    def act(self, asked, given):
        actions.resume_drill(**asked)


class InjectByHand(_Act):
    """Play an inject now: `{number}` of the list, or `{text, role}` of one's own."""

    body = serializers.DrillInjectSerializer

    @extend_schema(
        operation_id="drills_inject", request=serializers.DrillInjectSerializer, responses={200: DrillShape}
    )
    @idempotent
    def post(self, request, number):
        return self.carry_out(request, number)

    def act(self, asked, given):
        actions.inject_by_hand(**asked, **given)


class Finish(_Act):
    """End the drill and clear what it set in motion; refused with what only a signature ends (`open`)."""

    @extend_schema(
        operation_id="drills_finish", request=serializers.DrillReasonSerializer, responses={200: DrillShape}
    )
    @idempotent
    def post(self, request, number):
        return self.carry_out(request, number)

    def act(self, asked, given):
        actions.finish_drill(**asked)


class Cancel(_Act):
    """Give the drill up: `{reason}`."""

    @extend_schema(
        operation_id="drills_cancel", request=serializers.DrillReasonSerializer, responses={200: DrillShape}
    )
    @idempotent
    def post(self, request, number):
        return self.carry_out(request, number)

    def act(self, asked, given):
        actions.cancel_drill(**asked, reason=given["reason"])


class WriteRemark(_Act):
    """Write down what was seen, of one inject or of the whole."""

    body = serializers.DrillRemarkSerializer

    @extend_schema(
        operation_id="drills_remark", request=serializers.DrillRemarkSerializer, responses={200: DrillShape}
    )
    @idempotent
    def post(self, request, number):
        return self.carry_out(request, number)

    def act(self, asked, given):
        evaluation.write_remark(**asked, **given)


class RateObjective(_Act):
    """Say how an objective was met."""

    body = serializers.DrillRatingSerializer

    @extend_schema(
        operation_id="drills_rate", request=serializers.DrillRatingSerializer, responses={200: DrillShape}
    )
    @idempotent
    def post(self, request, number):
        return self.carry_out(request, number)

    def act(self, asked, given):
        evaluation.rate_objective(**asked, **given)


class EndReview(_Act):
    """End the review: `{summary}`."""

    body = serializers.DrillReviewSerializer

    @extend_schema(
        operation_id="drills_review", request=serializers.DrillReviewSerializer, responses={200: DrillShape}
    )
    @idempotent
    def post(self, request, number):
        return self.carry_out(request, number)

    def act(self, asked, given):
        evaluation.end_review(**asked, **given)


class Improve(_Act):
    """Set a task of the improvement plan: `{text, owner, due_date}`."""

    body = ImprovementSerializer

    @extend_schema(operation_id="drills_improve", request=ImprovementSerializer, responses={200: DrillShape})
    @idempotent
    def post(self, request, number):
        return self.carry_out(request, number)

    def act(self, asked, given):
        unit = Drill.objects.select_related("unit").get(pk=asked["drill_id"]).unit
        owner = read_owner(given["owner"], unit)
        if owner is None:
            raise Invalid(
                "unknown_owner",
                _("Nothing was set: there is no such post or person at %(unit)s.") % {"unit": unit},
                fields={"owner": [_("Choose a post or a person of the unit.")]},
            )
        evaluation.improve_after_drill(**asked, owner=owner, text=given["text"], due_date=given["due_date"])


class Scenarios(APIView):
    """The scenarios that can be played."""

    @extend_schema(operation_id="drill_scenarios", responses={200: ScenariosShape})
    def get(self, request):
        permissions.check_plans_any(request.reach)
        language = get_language()
        return Response(
            {
                "results": [
                    {
                        "id": one.id,
                        "version": one.version,
                        "kind": one.kind,
                        "title": one.title.in_language(language),
                        "summary": one.summary.in_language(language),
                        "minutes": one.minutes,
                        "injects": len(one.injects),
                        "roles": [
                            {"id": role.id, "title": role.words.in_language(language)} for role in one.roles
                        ],
                    }
                    for one in scenarios()
                ]
            }
        )


def _plan(given: dict) -> Plan:
    people = tuple((one["person"], one["role"]) for one in given.pop("participants"))
    return Plan(**given, participants=people)


def _answer(request, number: str, status: int = 200) -> Response:
    drill = queries.get_drill(request.reach, number)
    headers = {"ETag": etag(drill.rev)}
    if status == 201:
        headers["Location"] = reverse("api:drill", args=[drill.number])
    return Response(serializers.detail(request.reach, drill), status=status, headers=headers)
