"""A port of its own for Prometheus, in every process: METRICS_PORT.

Behind one address each scrape would be answered by whichever process comes next, and its counters would jump to and
fro; engines and workers have no address at all. The port is for the monitoring host, never for the proxy.
"""

import logging

from django.conf import settings
from django.db import connection
from django.utils import timezone
from prometheus_client import CollectorRegistry, start_http_server

from engine.monitoring.metrics import REGISTRY, State

log = logging.getLogger(__name__)


def expose(*more) -> bool:
    """Serve what this process did and the state of the whole, `more` collectors too. False: there is no port for it."""
    if not settings.METRICS_PORT:
        return False
    registry = CollectorRegistry()
    for collector in (REGISTRY, _OnOneConnection(State(timezone.now)), *more):
        registry.register(collector)
    try:
        start_http_server(settings.METRICS_PORT, settings.METRICS_HOST, registry)
    except OSError as error:
        # Pages are served and deadlines kept all the same.
        log.error("no metrics on %s:%s: %s", settings.METRICS_HOST, settings.METRICS_PORT, error)
        return False
    return True


class _OnOneConnection:
    """Each scrape runs in a thread of its own, which keeps no connection to the database."""

    def __init__(self, collector):
        self._collector = collector

    def describe(self):
        """Nothing: the names are not known before the database is asked."""
        return []

    def collect(self):
        try:
            yield from self._collector.collect()
        finally:
            connection.close()
