"""The record of trainings over the HTTP API."""

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.pagination import UnitFilterSet, answer_list
from common.api.doors import etag
from resources.permissions import check_can_look
from resources.trainings import queries
from resources.trainings.choices import Audience, TrainingPart
from resources.trainings.models import Training
from resources.trainings.shapes import TrainingShape, TrainingsPage


class TrainingFilter(UnitFilterSet):
    """`part`, `audience`, `unit` (and below)."""

    part = filters.ChoiceFilter(choices=TrainingPart.choices)
    audience = filters.ChoiceFilter(choices=Audience.choices)


class Trainings(APIView):
    """Trainings this caller may look up, the latest first; how many were there, and who only to who keeps the record."""

    @extend_schema(operation_id="trainings_list", responses={200: TrainingsPage})
    def get(self, request):
        check_can_look(request.reach)
        rows = queries.trainings(request.reach).prefetch_related("attendances__person")
        return answer_list(
            request, rows, filters=TrainingFilter, newest_by="held_on",
            as_dict=lambda training: as_dict(training, queries.sees_names(request.reach, training)),
        )  # fmt: skip


class OneTraining(APIView):
    @extend_schema(responses={200: TrainingShape})
    def get(self, request, pk):
        training = queries.get_training(request.reach, pk)
        given = as_dict(training, queries.sees_names(request.reach, training))
        return Response(given, headers={"ETag": etag(training.rev)})


def as_dict(training: Training, with_names: bool) -> dict:
    there = [attendance.person.username for attendance in training.attendances.all()]
    return {
        "id": training.pk,
        "unit": training.unit.code,
        "part": training.part,
        "audience": training.audience,
        "subject": training.subject,
        "held_on": training.held_on,
        "place": training.place,
        "note": training.note,
        "count": len(there),
        "people": sorted(there) if with_names else None,
        "rev": training.rev,
    }
