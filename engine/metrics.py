"""Numbers for Prometheus: requests of this process, and the state of the whole from the database.

With several processes behind one address set PROMETHEUS_MULTIPROC_DIR (an empty folder per start), so that
any of them answers for all.
"""

import os
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily

from clocks.queries import unswept_count
from engine.models import Alarm
from engine.queries import ages
from journal.hub import statuses
from journal.models import Entry
from journal.numbering import head
from notices.queries import open_count

REGISTRY = CollectorRegistry()
REQUESTS = Counter("http_requests", "Requests answered", ["method", "route", "status"], registry=REGISTRY)
SECONDS = Histogram(
    "http_request_seconds",
    "Time to answer",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
ProcessCollector(registry=REGISTRY)

#: Anything else in the method's place is not a label: a visitor must not be able to make new ones.
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def count_request(*, method: str, route: str, status: int, seconds: float) -> None:
    """Routes are patterns ("api/v1/incidents/<str:number>/"), never addresses."""
    REQUESTS.labels(method if method in METHODS else "other", route, status).inc()
    SECONDS.labels(route).observe(seconds)


def exposition(now: datetime) -> bytes:
    """Everything, in Prometheus' text form."""
    return generate_latest(_requests()) + generate_latest(_state(now))


def _requests() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


class _Gauges:
    def __init__(self, gauges):
        self._gauges = gauges

    def collect(self):
        return self._gauges


def _state(now: datetime) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Gauges([*_plain_gauges(now), _heartbeats(now), *_live_gauges()]))
    return registry


def _plain_gauges(now: datetime):
    numbers = {
        "journal_head": ("Last number given", head()),
        "journal_unnumbered": ("Entries without a number", Entry.objects.filter(number__isnull=True).count()),
        "clocks_overdue_unswept": (
            "Deadlines passed for more than 15 s and not recorded",
            unswept_count(now - timedelta(seconds=15)),
        ),
        "notices_open": ("Notices not sent yet", open_count()),
        "engine_alarms": (
            "Faults the auditor found",
            Alarm.objects.filter(recovered_at__isnull=True).count(),
        ),
    }
    for name, (text, value) in numbers.items():
        yield GaugeMetricFamily(name, text, value=value)


def _live_gauges():
    """The open screens of the process that answers: with several processes, ask each or sum over scrapes."""
    texts = {
        "screens": "Open live sockets",
        "busy": "Live sockets whose client is behind",
        "closed_slow": "Live sockets closed because their client did not keep up",
        "neighbour_failures": "Words between web processes that failed",
        "looked": "Seconds since the journal was last read for live sockets",
    }
    for name, text in texts.items():
        values = [hub[name] for hub in statuses() if hub[name] is not None]
        yield GaugeMetricFamily(f"live_{name}", text, value=max(values, default=0))


def _heartbeats(now: datetime) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "engine_heartbeat_age_seconds", "Seconds since a wheel turned", labels=["wheel"]
    )
    for wheel, age in ages(now).items():
        family.add_metric([wheel], float("inf") if age is None else age)
    return family
