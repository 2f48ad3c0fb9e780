"""A unit's own templates over the HTTP API."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.pagination import UnitFilterSet, answer_list
from command.own_templates import queries
from command.own_templates.models import OwnTemplate
from command.own_templates.shapes import OwnTemplateShape, OwnTemplatesPage
from common.api.doors import etag
from resources.permissions import check_can_look


class OwnTemplates(APIView):
    """Templates of orders that units keep themselves, the newest first. `unit`: of that one and below."""

    @extend_schema(operation_id="order_templates_list", responses={200: OwnTemplatesPage})
    def get(self, request):
        check_can_look(request.reach)
        rows = queries.own_templates(request.reach)
        return answer_list(request, rows, filters=UnitFilterSet, newest_by="added_at", as_dict=as_dict)


class OneOwnTemplate(APIView):
    @extend_schema(responses={200: OwnTemplateShape})
    def get(self, request, pk):
        template = queries.get_own_template(request.reach, pk)
        return Response(as_dict(template), headers={"ETag": etag(template.rev)})


def as_dict(template: OwnTemplate) -> dict:
    return {
        "id": template.pk,
        "unit": template.unit.code,
        "name": template.name,
        "task": template.task,
        "checklist": template.checklist_lines,
        "minutes": template.minutes,
        "squad": template.squad,
        "offered": template.is_offered,
        "rev": template.rev,
    }
