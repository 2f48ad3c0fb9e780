"""Every process answers Prometheus for itself, and what it counted is true beside others."""

import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.processes import Engine, Server, eventually, free_port, together

pytestmark = [pytest.mark.production, pytest.mark.fault, pytest.mark.slow]


def scrape(port: int, name: str, **labels: str) -> float:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    samples = [s for family in text_string_to_metric_families(text) for s in family.samples if s.name == name]
    return sum(s.value for s in samples if labels.items() <= s.labels.items())


def asked(port: int) -> float:
    return scrape(port, "icd_http_requests_total", route="healthz")


def test_each_process_counts_what_it_did(bare_env):
    ports = [free_port() for _ in range(3)]
    one, two = (Server(env={**bare_env, "METRICS_PORT": str(port)}, name=f"web-{port}") for port in ports[:2])
    engine = Engine(env={**bare_env, "METRICS_PORT": str(ports[2])})
    with together(one, two, engine):
        before = [asked(port) for port in ports[:2]]
        for server, times in ((one, 7), (two, 3)):
            for _ in range(times):
                assert server.status("/healthz") == 200

        assert [asked(port) - was for port, was in zip(ports, before, strict=False)] == [7, 3]
        turned = eventually(lambda: scrape(ports[2], "icd_engine_turns_total", wheel="clocks", result="done"))
        assert turned >= 1
        assert [scrape(port, "icd_database_up") for port in ports] == [1, 1, 1]
