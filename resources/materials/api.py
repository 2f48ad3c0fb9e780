"""The stock ledger over the HTTP API."""

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.pagination import UnitFilterSet, answer_list
from common.api.doors import check_if_match, etag, idempotent
from common.api.lists import StrictBooleanFilter
from common.api.serializers import StrictSerializer, validated
from common.dates.local_time import day_of
from incidents.queries import get_incident
from resources.materials import actions, queries
from resources.materials.choices import Movement
from resources.materials.models import Material, MaterialMovement
from resources.materials.shapes import (
    KitsShape,
    MaterialShape,
    MaterialsPage,
    MovementsShape,
    WrittenMovementShape,
)
from resources.permissions import check_can_look
from resources.visibility import unit_looked_up


class MaterialFilter(UnitFilterSet):
    """`kit`, `wanting` (missing, short or past its date), `unit` (and below)."""

    kit = filters.CharFilter()
    wanting = StrictBooleanFilter(method="by_wanting")

    def by_wanting(self, rows, name, value):
        return rows.wanting(day_of(self.request.now)) if value else rows


class Materials(APIView):
    """The stock this caller may look up, the newest items first."""

    @extend_schema(operation_id="materials_list", responses={200: MaterialsPage})
    def get(self, request):
        check_can_look(request.reach)
        today = day_of(request.now)
        return answer_list(
            request, queries.materials(request.reach), filters=MaterialFilter, newest_by="added_at",
            as_dict=lambda material: as_dict(material, today),
        )  # fmt: skip


class OneMaterial(APIView):
    @extend_schema(responses={200: MaterialShape})
    def get(self, request, pk):
        material = queries.get_material(request.reach, pk)
        return Response(as_dict(material, day_of(request.now)), headers={"ETag": etag(material.rev)})


class MovementSerializer(StrictSerializer):
    verb = serializers.ChoiceField(choices=Movement.choices)
    quantity = serializers.IntegerField(min_value=1, max_value=actions.MOST)
    incident = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    squad = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class Movements(APIView):
    """The ledger of one item, newest first; POST writes a movement."""

    @extend_schema(operation_id="material_movements_list", responses={200: MovementsShape})
    def get(self, request, pk):
        material = queries.get_material(request.reach, pk)
        rows = list(queries.movements_of(material)[:200])
        numbers = queries.numbers_seen(request.reach, rows)
        return Response({"results": [movement(row, numbers.get(row.pk)) for row in rows]})

    @extend_schema(request=MovementSerializer, responses={201: WrittenMovementShape})
    @idempotent
    def post(self, request, pk):
        given = validated(MovementSerializer, request.data)
        material = queries.get_material(request.reach, pk)
        check_if_match(request, material.rev)
        number = given.pop("incident")
        incident = get_incident(request.reach, number) if number else None
        made = actions.move_material(
            reach=request.reach, material_id=material.pk, now=request.now, incident=incident, **given
        )
        headers = {"ETag": etag(made.material.rev)}
        return Response(
            {**movement(made, number or None), "material": as_dict(made.material, day_of(request.now))},
            status=201,
            headers=headers,
        )


class UnitKits(APIView):
    """The kits of the plans that hold for a unit: each item, and what is wrong with it."""

    @extend_schema(operation_id="kits_list", responses={200: KitsShape})
    def get(self, request, unit):
        found = unit_looked_up(request.reach, unit)
        states = queries.kit_states(queries.kits_at(found, request.now), found, request.now)
        return Response(
            {
                "unit": found.code,
                "kits": [
                    {
                        "id": state.kit.id,
                        "title": {"zh": state.kit.words.zh, "en": state.kit.words.en},
                        "cite": state.kit.cite,
                        "checked_at": state.last.at if state.last else None,
                        "items": [
                            {
                                "id": item.id,
                                "title": {"zh": item.words.zh, "en": item.words.en},
                                "fault": fault.value if fault else None,
                            }
                            for item, fault in state.lines
                        ],
                    }
                    for state in states
                ],
            }
        )


def as_dict(material: Material, today) -> dict:
    fault = material.fault(today)
    return {
        "id": material.pk,
        "unit": material.unit.code,
        "name": material.name,
        "measure": material.measure,
        "kit": material.kit or None,
        "kit_item": material.kit_item or None,
        "place": material.place,
        "keeper": material.keeper.username,
        "minimum": material.minimum,
        "expires_on": material.expires_on,
        "on_hand": material.on_hand,
        "out": material.out,
        "fault": fault.value if fault else None,
        "rev": material.rev,
    }


def movement(row: MaterialMovement, number: str | None) -> dict:
    return {
        "verb": row.verb,
        "quantity": row.quantity,
        "on_hand_after": row.on_hand_after,
        "out_after": row.out_after,
        "at": row.at,
        "by": row.by.username,
        "post": row.post,
        "incident": number,
        "squad": row.squad,
        "note": row.note,
    }
