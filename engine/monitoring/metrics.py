"""Numbers for Prometheus: what this process did, and the state of the whole from the database.

Every process answers for itself (engine/monitoring/exporter.py): scrape each, sum what begins with `icd_http_` and
`icd_live_`, take the maximum of what is the state of the whole.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from math import inf

from django.db import DatabaseError, InterfaceError
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily

from clocks.queries import unswept_count
from common.version import version
from engine.background.auditor import used_part_of_disk
from engine.models import Alarm, NightlyJob
from engine.monitoring.queries import ages
from exchange.queries import waits as exchange_waits
from incidents.kept_alarms import storage
from journal.live.hub import statuses
from journal.models import Entry
from journal.numbering import head
from notices.reading.queries import open_count
from webhooks.queries import backlog

REGISTRY = CollectorRegistry()
REQUESTS = Counter("icd_http_requests", "Requests answered", ["method", "route", "status"], registry=REGISTRY)
SECONDS = Histogram(
    "icd_http_request_seconds",
    "Time to answer",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
ProcessCollector(registry=REGISTRY)
# Name and label are those that installations watch; the word in code is a job and its runs.
RUNS = Counter("icd_engine_turns", "Runs of a job of the engine", ["wheel", "result"], registry=REGISTRY)

#: Anything else in the method's place is not a label: a visitor must not be able to make new ones.
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def count_request(*, method: str, route: str, status: int, seconds: float) -> None:
    """Routes are patterns ("api/v1/incidents/<str:number>/"), never addresses."""
    REQUESTS.labels(method if method in METHODS else "other", route, status).inc()
    SECONDS.labels(route).observe(seconds)


def exposition(now: datetime) -> bytes:
    """Everything, in Prometheus' text form."""
    return generate_latest(REGISTRY) + generate_latest(_state(now))


class State:
    """The state of the whole, as it is when it is asked for. Without its database it says so, and nothing else."""

    def __init__(self, read_now: Callable[[], datetime]):
        self._read_now = read_now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            found = [*_plain_gauges(self._read_now()), *_labelled_gauges(self._read_now())]
        except (DatabaseError, InterfaceError):
            found = []
        yield _family("icd_build_info", "The version that runs", "version", {version(): 1})
        yield GaugeMetricFamily("icd_database_up", "Whether the database answers", value=bool(found))
        yield from found
        yield from _kept_alarms(self._read_now())
        yield from _live_gauges()


def _state(now: datetime) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(State(lambda: now))
    return registry


def _plain_gauges(now: datetime):
    webhooks = backlog(now)
    numbers = {
        "icd_journal_head": ("Last number given", head()),
        "icd_journal_unnumbered": (
            "Entries without a number",
            Entry.objects.filter(number__isnull=True).count(),
        ),
        "icd_clocks_overdue_unswept": (
            "Deadlines passed for more than 15 s and not recorded",
            unswept_count(now - timedelta(seconds=15)),
        ),
        "icd_notices_open": ("Notices not sent yet", open_count()),
        "icd_webhook_messages_waiting": ("Messages of webhooks in use not taken yet", webhooks.waiting),
        "icd_webhook_oldest_seconds": ("Seconds for which the first of them has waited", webhooks.oldest),
        "icd_webhook_messages_given_up": ("Messages given up in the last 30 days", webhooks.given_up),
        "icd_disk_used_ratio": ("Part of the disk below DATA_DIR that is used", used_part_of_disk()),
    }
    for name, (text, value) in numbers.items():
        yield GaugeMetricFamily(name, text, value=value)


def _kept_alarms(now: datetime):
    """Read from their folder, whether the database answers or not."""
    count, age = storage.count_and_age(now)
    yield GaugeMetricFamily("icd_kept_alarms", "Alarms that wait outside the database", value=count)
    yield GaugeMetricFamily(
        "icd_kept_alarms_seconds", "Seconds for which the first of them has waited", value=age
    )


def _live_gauges():
    """The open screens of the process that answers."""
    texts = {
        "screens": "Open live sockets",
        "busy": "Live sockets whose client is behind",
        "closed_slow": "Live sockets closed because their client did not keep up",
        "neighbour_failures": "Words between web processes that failed",
        "looked": "Seconds since the journal was last read for live sockets",
    }
    for name, text in texts.items():
        values = [hub[name] for hub in statuses() if hub[name] is not None]
        yield GaugeMetricFamily(f"icd_live_{name}", text, value=max(values, default=0))


def _labelled_gauges(now: datetime) -> Iterator[GaugeMetricFamily]:
    heartbeats = {job: inf if age is None else age for job, age in ages(now).items()}
    yield _family("icd_engine_heartbeat_age_seconds", "Seconds since a job ran", "wheel", heartbeats)
    open_codes = Alarm.objects.filter(recovered_at__isnull=True).values_list("code", flat=True)
    yield _family(
        "icd_alarm", "Faults the auditor found and nobody mended", "code", dict.fromkeys(open_codes, 1)
    )
    waits = exchange_waits()
    counts = {"queued": waits.queued, "refused": waits.refused}
    yield _family(
        "icd_exchange_waiting", "Documents that another installation has not received", "state", counts
    )
    yield GaugeMetricFamily(
        "icd_exchange_seconds", "Seconds for which the first of them has waited", value=waits.age(now)
    )
    nights = NightlyJob.objects.values_list("name", "started_at")
    began = {name: (now - started_at).total_seconds() for name, started_at in nights}
    yield _family("icd_nightly_age_seconds", "Seconds since a nightly job began", "night", began)


def _family(name: str, text: str, label: str, values: dict[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
