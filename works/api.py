"""Long works over the HTTP API: one's own with their progress, taking one back, fetching what came of it."""

from django.http import FileResponse
from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.pagination import answer_list
from accounts.access.tokens import check_token_opens
from common.api.doors import idempotent
from common.api.negotiation import OneForm
from common.documents.workbooks import CONTENT_TYPE
from works import actions, queries
from works.choices import WorkState
from works.kinds import scope_of
from works.models import Work
from works.queries import Shown
from works.shapes import WorkShape, WorksPage

#: What the files of all kinds are.
FILE = {(200, "application/zip"): bytes, (200, CONTENT_TYPE): bytes}


class WorkFilter(filters.FilterSet):
    """`state`, `kind`."""

    state = filters.ChoiceFilter(choices=WorkState.choices)
    kind = filters.CharFilter()

    class Meta:
        model = Work
        fields: list[str] = []


class Works(APIView):
    """The caller's own long works, the newest first; for whoever keeps the system or the journal those of the night too.

    One is asked for where its result is offered: a workbook, an archive, a replay.
    """

    @extend_schema(operation_id="works_list", responses={200: WorksPage})
    def get(self, request):
        return answer_list(
            request, queries.visible_to(request.reach), filters=WorkFilter, newest_by="asked_at",
            as_dict=lambda work: _as_dict(queries.shown(work, request.reach)),
        )  # fmt: skip


class OneWork(APIView):
    """One long work, and how far it is: written each second while it is under way."""

    @extend_schema(operation_id="works_retrieve", responses={200: WorkShape})
    def get(self, request, pk):
        return _answer(request, queries.get_work(request.reach, pk))


class CancelWork(APIView):
    """Take one's own back: at once while it waits, at its next step while it is under way.

    What it did until then is undone or stays; `text` says which.
    """

    @extend_schema(operation_id="works_cancel", request=None, responses={200: WorkShape})
    @idempotent
    def post(self, request, pk):
        work = queries.get_work(request.reach, pk)
        return _answer(request, actions.cancel_work(reach=request.reach, work_id=work.pk, now=request.now))


class WorkFile(APIView):
    """The file that came of one's own work, for three days, as long as the caller may have what is in it.

    A token needs the scope of what is in it beside `works:read`: `incidents:read` for an archive, `statistics:read`
    for a ledger. The download is on record.
    """

    content_negotiation_class = OneForm

    @extend_schema(operation_id="works_file", responses=FILE)
    def get(self, request, pk):
        work = queries.get_work(request.reach, pk)
        check_token_opens(request, scope_of(work.kind))
        work, file = queries.open_result(request.reach, pk)
        response = FileResponse(
            file, as_attachment=True, filename=work.saved_as, content_type=work.content_type
        )
        response["Cache-Control"] = "no-store"
        return response


def _answer(request, work: Work) -> Response:
    return Response(_as_dict(queries.shown(work, request.reach)))


def _as_dict(one: Shown) -> dict:
    work = one.work
    return {
        "id": work.pk,
        "kind": work.kind,
        "label": one.label,
        "about": one.about,
        "is_nightly": work.asked_by_id is None,
        "state": work.state,
        "text": one.phrase,
        "error": work.error,
        "done": work.done,
        "total": work.total or None,
        "attempts": work.attempts,
        "asked_at": work.asked_at,
        "started_at": work.started_at,
        "ended_at": work.ended_at,
        "stop_asked_at": work.stop_asked_at,
        "may_cancel": one.may_cancel,
        "file": reverse("api:work-file", args=[work.pk]) if one.has_file else None,
        "file_name": work.saved_as if one.has_file else None,
        "page": reverse(one.page, args=[work.pk]) if one.page else None,
    }
