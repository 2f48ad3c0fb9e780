"""Alarms that were kept while the database took nothing are recorded when it does: once, and each by itself."""

from dataclasses import replace
from datetime import datetime

from django.utils import translation

from accounts.models import User
from accounts.scope import reach_of
from common.alone import Loop
from common.api.serializers import validated
from common.failpoints import crash_point
from common.text.personal_data import kept_because
from incidents.kept_alarms import storage
from incidents.reporting.actions import report_incident
from incidents.reporting.received import alarm_in
from incidents.serializers import AlarmSerializer

KEPT = Loop("incidents.kept_alarms")
BATCH = 50


def play_kept(now: datetime) -> int:
    """Record what waits, the first received first. Returns how many; what raises is set aside and shown."""
    resting = KEPT.resting(now) if (names := storage.waiting()) else set()
    done = KEPT.each(
        [name for name in names if name not in resting][:BATCH], lambda name: _play(name, now), now
    )
    storage.hold_room()
    return done


def _play(name: str, now: datetime) -> int:
    kept = storage.read(name)
    if kept is None:
        return 0
    given = validated(AlarmSerializer, kept.body)
    person = User.objects.get(pk=kept.person)
    with translation.override(person.language), kept_because(kept.signed_reason):
        _named, alarm = alarm_in(given, kept_since=kept.received_at)
        # A clock that was set back meanwhile is no reason to refuse it.
        alarm = replace(alarm, known_at=min(alarm.known_at or kept.received_at, now))
        # Under the rights of the moment in which it was received, whatever became of them since.
        report_incident(reach=reach_of(person, kept.received_at), alarm=alarm, now=now)
    crash_point("kept_alarms.before_forgetting")
    storage.forget(name)
    return 1
