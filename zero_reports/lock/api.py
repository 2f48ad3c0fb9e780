"""The door of the HTTP API for exceptions from the lock."""

from datetime import UTC, datetime

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.doors import idempotent
from common.api.serializers import StrictSerializer, validated
from common.dates.date_fields import ApiMomentField
from zero_reports.counts import queries
from zero_reports.filing.reading import read_period
from zero_reports.lock import actions
from zero_reports.lock.models import LockException
from zero_reports.lock.queries import exceptions, lock_of
from zero_reports.shapes import LockExceptionShape, LockShape


class ExceptionSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=200)
    until = ApiMomentField()
    once = serializers.BooleanField(default=True)


class Exceptions(APIView):
    """Since when a unit's period is locked, the exceptions that were granted, the last one first; and grant one."""

    @extend_schema(operation_id="zero_report_exceptions", responses={200: LockShape})
    def get(self, request, unit, period):
        unit, period = queries.get_unit(request.reach, unit), read_period(period)
        rounds = queries.Rounds(period, unit)
        due_at = rounds.due_at(unit)
        since = lock_of(unit, period, due_at, rounds.over(unit), request.now).since if due_at else None
        granted = [_exception(one, request.now) for one in exceptions(unit, period)]
        body = {"unit": unit.code, "period": str(period), "locked_since": since, "exceptions": granted}
        return Response(body)

    @extend_schema(
        operation_id="zero_report_exception_grant",
        request=ExceptionSerializer,
        responses={201: LockExceptionShape},
    )
    @idempotent
    def post(self, request, unit, period):
        given = validated(ExceptionSerializer, request.data)
        unit, period = queries.get_unit(request.reach, unit), read_period(period)
        made = actions.grant_exception(
            reach=request.reach, unit=unit, period=period, now=request.now, **given
        )
        return Response(_exception(made, request.now), status=201)


class OneException(APIView):
    """Withdraw an exception that still stands."""

    @extend_schema(
        operation_id="zero_report_exception_withdraw", request=None, responses={200: LockExceptionShape}
    )
    @idempotent
    def delete(self, request, unit, period, pk):
        unit, period = queries.get_unit(request.reach, unit), read_period(period)
        found = actions.withdraw_exception(
            reach=request.reach, unit=unit, period=period, exception_id=pk, now=request.now
        )
        return Response(_exception(found, request.now))


def _exception(one: LockException, now: datetime) -> dict:
    return {
        "exception": one.pk,
        "stands": one.is_usable(now),
        "reason": one.reason,
        "once": one.once,
        "granted_at": one.granted_at,
        "granted_by": str(one.granted_by),
        "post": one.post,
        "until": one.until.astimezone(UTC),
        "used_at": one.used_at,
        "withdrawn_at": one.withdrawn_at,
        "withdrawn_by": str(one.withdrawn_by or ""),
    }
