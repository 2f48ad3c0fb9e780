"""deploy/monitoring: what is asked for there is what the processes say."""

import json
import re
from pathlib import Path

import pytest
import yaml
from celery.signals import worker_ready
from celery.worker import state
from django.utils import timezone
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from common.version import version
from engine.background import nightly
from engine.background.run import run_all
from engine.choices import CAN_WAIT, FAULTS, can_wait
from engine.models import Alarm
from engine.monitoring import exporter, metrics, worker_metrics
from engine.monitoring.worker_metrics import Tasks

TOP = Path(__file__).resolve().parent.parent.parent
FOLDER = TOP / "deploy" / "monitoring"
RULES = [
    rule for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]
PANELS = json.loads((FOLDER / "grafana.json").read_text())["panels"]
EXPRESSIONS = [rule["expr"] for rule in RULES] + [
    target["expr"] for panel in PANELS for target in panel["targets"]
]


@pytest.fixture
def said(transactional_db, settings, client) -> dict[str, set[str]]:
    """Name of every sample → its labels, of a process in which everything has happened once."""
    settings.REDIS_URL = ""
    run_all(timezone.now())
    client.get("/healthz")
    nightly.run("expiry", timezone.now())
    Alarm.objects.create(code="disk_full", raised_at=timezone.now())
    state.total_count["engine.tasks.tidy"] += 1
    text = metrics.exposition(timezone.now()).decode() + generate_latest(_Registry(Tasks())).decode()
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


class _Registry:
    def __init__(self, collector):
        self.collect = collector.collect


def test_everything_asked_for_is_said(said):
    """With its labels; `up`, `job`, `service` and `instance` are Prometheus' own."""
    for expression in EXPRESSIONS:
        for name, selector in re.findall(r"\b((?:icd|process)_\w+)(?:\{([^}]*)\})?", expression):
            assert name in said, expression
            labels = set(re.findall(r"(\w+)(?:=~|!~|!=|=)\"", selector))
            assert labels <= said[name] | {"job", "service", "instance"}, expression


def test_what_is_ours_has_our_name_before_it(said):
    assert {name.split("_")[0] for name in said} == {"icd", "process"}


def test_which_version_runs_is_said_to_the_administrator_and_to_prometheus(said, signed_in, cast):
    assert said["icd_build_info"] == {"version"}
    assert f"版本 {version()}" in signed_in("city.sysadmin").get("/system/").content.decode()


def test_alarms_that_can_wait_wake_nobody():
    pages, tickets = (
        next(rule for rule in RULES if rule["alert"] == name) for name in ("IcdFault", "IcdFaultThatCanWait")
    )
    waits = re.compile(re.search(r'code=~"([^"]+)"', tickets["expr"])[1])

    assert f'code!~"{waits.pattern}"' in pages["expr"]
    assert {code for code in FAULTS if waits.fullmatch(code) or waits.fullmatch(f"{code}:x")} == CAN_WAIT
    assert all(can_wait(f"{code}:x") for code in CAN_WAIT)


def test_every_rule_says_how_urgent_it_is_in_both_languages():
    for rule in RULES:
        assert rule["labels"]["severity"] in ("page", "ticket"), rule["alert"]
        assert set(rule["annotations"]) == {"summary", "summary_zh"}, rule["alert"]


def test_every_process_is_scraped_where_it_listens():
    """Compose: the services by name; systemd: the port in each unit, for the instances that the guide starts."""
    compose = yaml.safe_load((TOP / "docker-compose.yml").read_text())["services"]
    (job,) = yaml.safe_load((FOLDER / "prometheus.yml").read_text())["scrape_configs"]
    asked = job["dns_sd_configs"][0]
    assert {name for name in compose if name in asked["names"]} == set(asked["names"])
    assert {compose[name]["environment"]["METRICS_PORT"] for name in asked["names"]} == {str(asked["port"])}

    units = {file.stem: file.read_text() for file in (TOP / "deploy" / "systemd").glob("*.service")}
    guide = (TOP / "deploy" / "README.md").read_text()
    started = set(re.findall(r"icd-(?:web|engine)@\d+|icd-worker\b", guide))
    # How many there are for pages the guide counts from the cores: two at least, from 8001 on.
    started |= {"icd-web@8001", "icd-web@8002"}
    listening = set()
    for name in started:
        template, _at, instance = name.partition("@")
        port = re.search(r"METRICS_PORT=(\S+)", units[f"{template}@" if instance else template])[1]
        listening.add(f"127.0.0.1:{port.replace('%i', instance)}")
    (job,) = yaml.safe_load((FOLDER / "prometheus-systemd.yml").read_text())["scrape_configs"]
    assert {target for each in job["static_configs"] for target in each["targets"]} == listening


def test_without_its_database_a_process_still_answers(db, monkeypatch):
    from django.db import OperationalError

    def away(now):
        raise OperationalError

    monkeypatch.setattr(metrics, "_plain_gauges", away)

    text = metrics.exposition(timezone.now()).decode()

    assert "\nicd_database_up 0.0" in text
    assert "icd_journal_head" not in text


def test_nobody_is_asked_for_a_port(settings):
    settings.METRICS_PORT = 0

    assert exporter.expose() is False


def test_a_worker_that_is_ready_is_exposed_with_its_tasks(monkeypatch):
    exposed = []
    monkeypatch.setattr(worker_metrics, "expose", lambda *more: exposed.extend(more))

    worker_ready.send(sender=None)

    assert [type(each) for each in exposed] == [Tasks]


def test_the_compose_file_beside_finds_its_files_and_networks():
    beside = yaml.safe_load((FOLDER / "compose.yml").read_text())
    main = yaml.safe_load((TOP / "docker-compose.yml").read_text())
    service = beside["services"]["prometheus"]

    mounted = [volume.split(":")[0] for volume in service["volumes"]]
    assert all((TOP / path).is_file() for path in mounted if path.startswith("./"))
    assert {path for path in mounted if not path.startswith("./")} == set(beside["volumes"])
    assert set(service["networks"]) <= set(main["networks"])
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
