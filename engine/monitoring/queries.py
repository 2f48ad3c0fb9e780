"""How the engine is doing: for the live beat, the probes and the status page."""

from datetime import datetime

from django.db.models import QuerySet

from engine.background.jobs import ALL, judged
from engine.choices import FAULTS, can_wait
from engine.models import Alarm, Heartbeat


def ages(now: datetime) -> dict[str, float | None]:
    """Job → seconds since it last ran; None if it never has."""
    beats = dict(Heartbeat.objects.values_list("name", "turned_at"))
    return {
        job.name: max(0.0, (now - beats[job.name]).total_seconds()) if job.name in beats else None
        for job in ALL
    }


def stopped(now: datetime) -> list[str]:
    """Jobs that send, sweep, number or anchor and whose heartbeat is older than its limit, or missing."""
    found = ages(now)
    return [
        name
        for name, limit in judged().items()
        if (age := found[name]) is None or age > limit.total_seconds()
    ]


def status(now: datetime) -> dict:
    """For the live beat and the boards: {"ok", "stopped": [jobs], "alarms": [urgent codes]} (two queries)."""
    halted = stopped(now)
    alarms = [code for code in open_alarms().values_list("code", flat=True) if not can_wait(code)]
    return {"ok": not halted and not alarms, "stopped": halted, "alarms": alarms}


def open_alarms() -> QuerySet[Alarm]:
    """What is wrong now, the oldest first."""
    return Alarm.objects.filter(recovered_at__isnull=True).order_by("raised_at")


def sentence_for(code: str) -> str:
    """What an alarm means and what to do about it, in the reader's language."""
    return str(FAULTS.get(code.partition(":")[0], code))
