"""The packages' door of the HTTP API."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from command.activation.queries import get_response
from command.orders.permissions import check_can_issue
from command.packages import queries, serializers
from command.packages.actions import issue_package
from command.packages.shapes import IssuedPackageShape, PackagesShape, PreparedPackageShape
from common.api.doors import check_if_match, idempotent, not_found
from common.api.serializers import validated
from notices.models import Notice
from plans.engine.evaluation import levels_of


class PackagePreview(APIView):
    """What the plan has prepared for a level and has not gone out yet; changes nothing."""

    @extend_schema(responses={200: PreparedPackageShape})
    def get(self, request, number, level):
        response = get_response(request.reach, number)
        check_can_issue(request.reach, response.incident)
        if level not in {one.id for one in levels_of(response.plan.document)}:
            raise not_found()
        return Response(
            serializers.preview(queries.ready(response, level, request.now), drill=response.drill)
        )


class Packages(APIView):
    """What went out for a response; POST sends out a level's package in one transaction."""

    @extend_schema(operation_id="packages_list", responses={200: PackagesShape})
    def get(self, request, number):
        response = get_response(request.reach, number)
        rows = list(queries.issued(response))
        return Response(
            {"drill": response.drill, "results": [serializers.summary(one, _notices(one)) for one in rows]}
        )

    @extend_schema(request=serializers.NewPackageSerializer, responses={201: IssuedPackageShape})
    @idempotent
    def post(self, request, number):
        given = validated(serializers.NewPackageSerializer, request.data)
        response = get_response(request.reach, number)
        check_if_match(request, response.rev)
        rev = response.rev if request.headers.get("If-Match") else None
        made = issue_package(response_id=response.pk, reach=request.reach, now=request.now, rev=rev, **given)
        package = next(one for one in queries.issued(response) if one.pk == made.pk)
        answer = serializers.summary(package, _notices(package)) | {"drill": response.drill}
        return Response(
            answer, status=201, headers={"Location": reverse("api:response-packages", args=[response.number])}
        )


def _notices(package) -> int:
    keys = [line.order.key for line in package.lines.all() if line.order]
    return Notice.objects.filter(subject__in=keys, purpose="order.issued").count()
