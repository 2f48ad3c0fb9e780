"""Is what came over the API well formed, and what goes back?"""

from django.urls import reverse
from django.utils.translation import get_language
from rest_framework import serializers

from command.activation.models import Decision, Response
from command.activation.queries import Whole
from command.activation.statement import Statement
from command.command_post.rules import CommandPost, Member, Seat
from command.obligations.actions import Settled
from command.obligations.queries import Duty
from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiMomentField


def _text(most: int, **more):
    return serializers.CharField(max_length=most, required=False, allow_blank=True, default="", **more)


class ResponseChangeSerializer(StrictSerializer):
    """What is left out is taken from the incident, or from the response as it is."""

    reason = serializers.CharField(max_length=500)
    level = _text(20)
    matter = _text(500)
    grade = _text(20)
    measures = _text(4000)
    expected_until = ApiMomentField(required=False, allow_null=True, default=None)
    credential = _text(200, trim_whitespace=False)

    def to_internal_value(self, data):
        given = super().to_internal_value(data)
        return {**given, "statement": Statement(**{name: given.pop(name) for name in Statement._fields})}


class NewResponseSerializer(ResponseChangeSerializer):
    """`reason` may be left out at the start: the matter stands for it."""

    incident = serializers.CharField(max_length=60)
    matter = serializers.CharField(max_length=500)
    reason = _text(500)

    def to_internal_value(self, data):
        given = super().to_internal_value(data)
        said = given["statement"]
        return {**given, "statement": said._replace(reason=said.reason or said.matter)}


class ResponseEndSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=500)
    credential = _text(200, trim_whitespace=False)


class ResponseDecideSerializer(StrictSerializer):
    credential = serializers.CharField(max_length=200, trim_whitespace=False)


class ResponseRefuseSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=500)


class ResponseNothingSerializer(StrictSerializer):
    pass


class SettleDutySerializer(StrictSerializer):
    note = serializers.CharField(max_length=500)
    told = _text(120)
    told_at = ApiMomentField(required=False, allow_null=True, default=None)
    answer = _text(500)

    def to_internal_value(self, data):
        return {"settled": Settled(**super().to_internal_value(data))}


def summary(response: Response) -> dict:
    """One response in a list."""
    return {
        "number": response.number,
        "url": reverse("api:response", args=[response.number]),
        "page": reverse("response", args=[response.number]),
        "incident": response.incident.number,
        "unit": response.unit.code,
        "plan": response.plan.ref,
        "state": response.state,
        "level": response.level,
        "grade": response.grade or None,
        "matter": response.matter,
        "measures": response.measures,
        "expected_until": response.expected_until,
        "proposed_at": response.proposed_at,
        "started_at": response.started_at,
        "ended_at": response.ended_at,
        "drill": response.drill,
        "rev": response.rev,
    }


def detail(found: Whole) -> dict:
    """One response, whole."""
    return {
        **summary(found.response),
        "next_act": found.next_act,
        "command_post": command_post(found.post),
        "obligations": [obligation(found.response, duty) for duty in found.duties],
        "decisions": [decision(one) for one in found.decisions],
    }


def command_post(post: CommandPost) -> dict:
    answer = {
        "headquarters": _seats(post.headquarters.seats if post.headquarters else ()),
        "on_site": _seats(post.on_site.seats if post.on_site else ()),
        "squads": [
            {
                "id": squad.id,
                "name": _said(squad.words),
                "members": [_member(one) for one in squad.members],
                "skills": [
                    {"id": skill.id, "name": _said(skill.words), "held": bool(skill.who)}
                    for skill in squad.skills
                ],
                "gaps": [_said(gap) for gap in squad.gaps],
            }
            for squad in post.squads
        ],
        "gaps": [_said(gap) for gap in post.gaps],
    }
    if post.front:
        answer["front_group"] = {
            "seats": _seats(post.front.seats),
            "partners": [
                {
                    "kind": one.kind,
                    "name": _said(one.words),
                    "contacts": [contact._asdict() for contact in one.contacts],
                    "gap": _said(one.gap) or None,
                }
                for one in post.front.partners
            ],
        }
    return answer


def obligation(response: Response, duty: Duty) -> dict:
    row = duty.row
    return {
        "id": row.pk,
        "drill": response.drill,
        "url": reverse("api:obligation", args=[response.number, row.pk]),
        "what": row.title,
        "kind": row.kind,
        "state": row.state,
        "who": duty.who,
        "to": row.to or None,
        "cite": row.cite or None,
        "owed_at": row.owed_at,
        "due_at": row.due_at,
        "why_no_clock": row.why_no_clock or None,
        "is_late": duty.is_late,
        "settled_at": row.settled_at,
        "settled_by": row.settled_by.username if row.settled_by else None,
        "note": row.note or None,
        "told": row.told or None,
        "told_at": row.told_at,
        "answer": row.answer or None,
    }


def decision(row: Decision) -> dict:
    return {
        "kind": row.kind,
        "state": row.state,
        "level": row.level,
        "grade": row.grade or None,
        "matter": row.matter,
        "measures": row.measures,
        "expected_until": row.expected_until,
        "reason": row.reason,
        "proposed_at": row.proposed_at,
        "proposed_by": row.proposed_by.username,
        "closed_at": row.closed_at,
        "closed_by": row.closed_by.username if row.closed_by else None,
        "refusal": row.refusal or None,
        "signed_as": row.signed_as or None,
        "signature": row.signature or None,
    }


def _seats(seats: tuple[Seat, ...]) -> list[dict]:
    return [
        {
            "id": seat.id,
            "part": _said(seat.part),
            "role": _said(seat.role),
            "members": [_member(one) for one in seat.members],
            "gap": _said(seat.gap) or None,
        }
        for seat in seats
    ]


def _member(one: Member) -> dict:
    return {"username": one.username, "name": one.name, "post": one.title, "held_as": one.held_as}


def _said(words) -> str:
    return words.in_language(get_language())
