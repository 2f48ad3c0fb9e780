"""Bodies and answers of the HTTP API of drills."""

from django.utils.translation import get_language
from rest_framework import serializers

from accounts.scope import Reach
from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiDayField
from drills import permissions
from drills.choices import Grade, ScenarioKind
from drills.conduct.models import Drill
from drills.conduct.queries import lines_for
from drills.evaluation.queries import Sheet, sheet
from drills.scenarios.document import Expected


class DrillParticipantSerializer(StrictSerializer):
    person = serializers.CharField(max_length=150)
    #: A role of the scenario, `controller` or `evaluator`; left out: the role that the person's post fits.
    role = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class DrillPlanSerializer(StrictSerializer):
    unit = serializers.CharField(max_length=40)
    scenario = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    kind = serializers.ChoiceField(choices=ScenarioKind.choices, required=False, allow_blank=True, default="")
    month = ApiDayField(required=False, allow_null=True, default=None)
    objectives = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    speed = serializers.IntegerField(min_value=1, max_value=600, required=False, default=1)
    participants = DrillParticipantSerializer(many=True, required=False, default=list)


class DrillInjectSerializer(StrictSerializer):
    """`{number}` of the list, or `{text, role}` of one's own."""

    number = serializers.IntegerField(
        min_value=1, max_value=999, required=False, allow_null=True, default=None
    )
    text = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    role = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class DrillReasonSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class DrillRemarkSerializer(StrictSerializer):
    text = serializers.CharField(max_length=500)
    number = serializers.IntegerField(
        min_value=1, max_value=999, required=False, allow_null=True, default=None
    )


class DrillRatingSerializer(StrictSerializer):
    objective = serializers.CharField(max_length=10)
    grade = serializers.ChoiceField(choices=Grade.choices)
    text = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class DrillReviewSerializer(StrictSerializer):
    summary = serializers.CharField(max_length=4000)


def row(drill: Drill) -> dict:
    """A drill in a list."""
    return {
        "number": drill.number,
        "state": drill.state,
        "unit": drill.unit.code,
        "month": f"{drill.month:%Y-%m}",
        "kind": drill.kind,
        "scenario": drill.scenario or None,
        "objectives": drill.objectives,
        "speed": drill.speed,
        "started_at": drill.started_at,
        "ended_at": drill.ended_at,
        "rev": drill.rev,
    }


def detail(reach: Reach, drill: Drill) -> dict:
    """A drill with its injects, what was expected and what was done. A player reads of injects that were played."""
    found = sheet(drill) if drill.started_at else None
    score = found.score if found and permissions.sees_script(reach, drill) else None
    return {
        **row(drill),
        "title": _words(drill.played.title) if drill.played else None,
        "controller": drill.controller.username if drill.controller else None,
        "participants": [
            {"person": one.person.username, "role": one.role} for one in drill.participants.all()
        ],
        "incidents": list(drill.incidents().values_list("number", flat=True)),
        "injects": _injects(reach, drill, found),
        "score": score._asdict() if score else None,
        "reason": drill.reason,
        "summary": drill.summary,
    }


def _injects(reach: Reach, drill: Drill, found: Sheet | None) -> list[dict]:
    if found is None:
        if not (drill.played and permissions.sees_script(reach, drill)):
            return []
        return [
            {
                "number": one.number, "at": one.at, "text": _words(one.words), "channel": one.channel,
                "to": one.to or None, "state": "waiting", "played_at": None, "minute": None, "refused": "",
                "expected": list(map(_expected, one.expects)), "done": [],
            }
            for one in drill.played.injects
        ]  # fmt: skip
    shown = {line.row.number for line in lines_for(reach, drill)}
    sees = permissions.sees_script(reach, drill)
    return [
        {
            "number": one.line.row.number,
            "at": one.line.row.at_minute,
            "text": _words(one.line.inject.words),
            "channel": one.line.inject.channel,
            "to": one.line.inject.to or None,
            "state": one.line.row.state,
            "played_at": one.line.row.played_at,
            "minute": _round(one.line.minute),
            "refused": one.line.row.refused,
            "expected": list(map(_expected, one.line.inject.expects)) if sees else [],
            "done": [
                {
                    "expected": each.expected.id,
                    "kind": each.match.done.kind,
                    "at": each.match.done.at,
                    "minutes": _round(each.match.after),
                    "post": each.match.done.post,
                    "met": each.match.met,
                }
                for each in one.expected
                if each.match.done
            ]
            if sees
            else [],
        }
        for one in found.rows
        if one.line.row.number in shown
    ]


def _expected(one: Expected) -> dict:
    return {
        "id": one.id, "text": _words(one.words), "entries": list(one.entries), "within": one.within,
        "role": one.role, "objective": one.objective, "cite": one.cite, "look_for": _words(one.look_for),
    }  # fmt: skip


def _words(words) -> str:
    return words.in_language(get_language())


def _round(minutes: float | None) -> float | None:
    return None if minutes is None else round(minutes, 1)
