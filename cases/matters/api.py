"""Matters over the HTTP API: one is taken as major."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.matters import actions, queries
from cases.matters.shapes import AcceptedMatterShape
from common.api.doors import idempotent
from common.api.serializers import StrictSerializer, validated


class MajorSerializer(StrictSerializer):
    kinds = serializers.ListField(child=serializers.CharField(max_length=40), required=False, default=list)


class AcceptMatter(APIView):
    """Take a matter as a major or difficult dispute, by the kinds of the plan in force; without one of them 422."""

    @extend_schema(
        operation_id="matters_accept", request=MajorSerializer, responses={200: AcceptedMatterShape}
    )
    @idempotent
    def post(self, request, number):
        matter = queries.get_matter(request.reach, number)
        given = validated(MajorSerializer, request.data)
        done = actions.accept_dispute(
            reach=request.reach, matter_id=matter.pk, now=request.now, kinds=given["kinds"]
        )
        body = {"number": done.number, "accepted_at": done.accepted_at, "kinds": done.major_kinds}
        return Response(body)
