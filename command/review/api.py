"""The door of reviews and follow-ups in the HTTP API."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from command.review import actions, forms, paper, queries, rules
from command.review.acts import act_on
from command.review.shapes import (
    FollowUpShape,
    FollowUpsShape,
    ReviewAnswerShape,
    ReviewShape,
    WholeReviewShape,
)
from common.api.description import PAPER
from common.api.doors import check_if_match, etag, idempotent, not_found
from common.api.negotiation import OneForm
from common.api.serializers import validated
from incidents.queries import get_incident


class IncidentReview(APIView):
    """The last review of an incident with its key times, improvements and follow-ups; POST begins one."""

    @extend_schema(operation_id="review_retrieve", responses={200: WholeReviewShape})
    def get(self, request, number):
        incident = get_incident(request.reach, number)
        found = queries.of_incident(request.reach, incident, request.now)
        headers = {"ETag": etag(found.review.rev)} if found.review else {}
        return Response(forms.whole(found), headers=headers)

    @extend_schema(operation_id="review_begin", request=None, responses={201: ReviewShape})
    @idempotent
    def post(self, request, number):
        incident = get_incident(request.reach, number)
        review = actions.begin_review(incident_id=incident.pk, reach=request.reach, now=request.now)
        return _answer(review, status=201)


class ReviewAct(APIView):
    """Write, hand in, return, approve."""

    verbs = rules.ON_A_REVIEW

    @extend_schema(operation_id="review_act", request=forms.ReviewActSerializer, responses={200: ReviewShape})
    @idempotent
    def post(self, request, number, verb):
        if verb not in self.verbs:
            raise not_found()
        given = validated(forms.ReviewActSerializer, request.data)
        review = queries.get_review(request.reach, number)
        check_if_match(request, review.rev)
        return _answer(act_on(review, verb, reach=request.reach, now=request.now, **given))


class ReviewAnswers(APIView):
    """Answer one question of the review under way."""

    @extend_schema(
        operation_id="review_answer", request=forms.ReviewAnswerSerializer, responses={200: ReviewAnswerShape}
    )
    @idempotent
    def post(self, request, number, item):
        given = validated(forms.ReviewAnswerSerializer, request.data)
        review = queries.get_review(request.reach, number)
        row = actions.answer_question(
            review_id=review.pk, reach=request.reach, item=item, now=request.now, **given
        )
        return Response(forms.answer_detail(row))


class ReviewPaper(APIView):
    """The approved review as DOCX or PDF."""

    content_negotiation_class = OneForm

    @extend_schema(operation_id="review_paper", responses=PAPER)
    def get(self, request, number, n, kind):
        return paper.respond_with(queries.get_review(request.reach, number, n), kind)


class FollowUps(APIView):
    """Follow-ups of an incident by their day; POST plans one."""

    @extend_schema(operation_id="follow_ups_list", responses={200: FollowUpsShape})
    def get(self, request, number):
        incident = get_incident(request.reach, number)
        lines = queries.follow_ups_of(request.reach, incident, request.now)
        return Response({"results": [forms.follow_up_detail(one.row) | {"may": one.verbs} for one in lines]})

    @extend_schema(
        operation_id="follow_ups_plan", request=forms.FollowUpSerializer, responses={201: FollowUpShape}
    )
    @idempotent
    def post(self, request, number):
        given = validated(forms.FollowUpSerializer, request.data)
        incident = get_incident(request.reach, number)
        row = actions.plan_follow_up(incident_id=incident.pk, reach=request.reach, now=request.now, **given)
        return Response(forms.follow_up_detail(row), status=201, headers={"ETag": etag(row.rev)})


class FollowUpAct(APIView):
    """Done, another date, dropped."""

    verbs = rules.ON_A_FOLLOW_UP

    @extend_schema(
        operation_id="follow_ups_act", request=forms.FollowUpActSerializer, responses={200: FollowUpShape}
    )
    @idempotent
    def post(self, request, pk, verb):
        if verb not in self.verbs:
            raise not_found()
        given = validated(forms.FollowUpActSerializer, request.data)
        row = queries.get_follow_up(request.reach, pk)
        check_if_match(request, row.rev)
        row = actions.move_follow_up(
            follow_up_id=row.pk, reach=request.reach, verb=verb, now=request.now, **given
        )
        return Response(forms.follow_up_detail(row), headers={"ETag": etag(row.rev)})


def _answer(review, status=200):
    given = forms.detail(review, queries.answers_of(review))
    return Response(given, status=status, headers={"ETag": etag(review.rev)})
