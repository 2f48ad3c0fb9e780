"""Is what came over the API well formed, and what goes back?"""

from collections.abc import Iterable

from rest_framework import serializers

from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiDayField, ApiMomentField
from rosters.models import Roster, Shift, Swap
from rosters.queries import OnDuty


class NewDraftSerializer(StrictSerializer):
    first_day = ApiDayField()
    last_day = ApiDayField()


class PublishSerializer(StrictSerializer):
    #: Owed where the draft has findings.
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class AssignSerializer(StrictSerializer):
    #: null leaves the duty empty: a gap that is then found.
    username = serializers.CharField(max_length=150, allow_null=True)


class ChangeSerializer(StrictSerializer):
    username = serializers.CharField(max_length=150)
    reason = serializers.CharField(max_length=200)
    starts_at = ApiMomentField(required=False, allow_null=True, default=None)
    ends_at = ApiMomentField(required=False, allow_null=True, default=None)


class SwapSerializer(StrictSerializer):
    other = serializers.CharField(max_length=150)
    #: id of a coming duty of theirs; null: they take it over without exchange.
    in_return = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


def roster(found: Roster, shifts: Iterable[Shift], findings: list[dict]) -> dict:
    return {
        "id": found.pk,
        "unit": found.unit.code,
        "first_day": found.first_day,
        "last_day": found.last_day,
        "state": found.state,
        "published_at": found.published_at,
        "reason": found.reason,
        "rev": found.rev,
        "findings": findings,
        "shifts": [line(shift) for shift in shifts],
    }


def swap(found: Swap) -> dict:
    return {
        "id": found.pk,
        "shift": found.shift_id,
        "post": found.shift.post.title,
        "from": found.shift.starts_at,
        "to": found.shift.ends_at,
        "in_return": found.in_return_id,
        "proposed_by": found.proposed_by.username,
        "other": found.other.username,
        "state": found.state,
        "reason": found.reason,
    }


def duty(found: OnDuty) -> dict:
    """Who answers for a post. No telephone number: the directory gives those to whom may see them."""
    shift = found.shift
    return {
        "unit": found.post.unit.code,
        "post": found.post.title,
        "tier": found.post.kind,
        "squad": found.post.squad,
        "username": found.person.username,
        "name": str(found.person),
        "since": found.since,
        "until": found.until,
        "by": found.by,
        "confirmed_at": shift.confirmed_at if shift and found.by == "roster" else None,
    }


def line(shift: Shift) -> dict:
    return {
        "id": shift.pk,
        "post": shift.post.title,
        "tier": shift.post.kind,
        "squad": shift.post.squad,
        "username": shift.person.username,
        "name": str(shift.person),
        "stand_in": shift.stand_in.username if shift.stand_in else None,
        "from": shift.starts_at,
        "to": shift.ends_at,
        "night": shift.is_night,
        "off_day": shift.is_off_day,
        "confirmed_at": shift.confirmed_at,
    }
