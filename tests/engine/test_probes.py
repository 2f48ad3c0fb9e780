"""/healthz, /readyz, /metrics."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from engine.background.run import run_all
from engine.models import Heartbeat
from engine.monitoring import probes
from engine.monitoring.queries import ages, sentence_for, status


@pytest.fixture
def turned(transactional_db, settings):
    settings.REDIS_URL = ""
    run_all(timezone.now())


def test_alive_without_asking_the_database(db, client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get(reverse("healthz")).content == b"ok\n"


def test_ready_when_everything_turns(turned, client):
    answer = client.get(reverse("readyz"))

    assert answer.status_code == 200
    parts = answer.json()
    assert parts["ready"]
    assert {"database", "channel_layer", "clocks", "notices"} <= set(parts)
    assert answer["Cache-Control"].startswith("max-age=0")


@pytest.mark.parametrize("job", ["clocks", "notices", "notices.alerts", "numbering"])
def test_not_ready_when_a_job_stopped(turned, client, job):
    Heartbeat.objects.filter(name=job).update(turned_at=timezone.now() - timedelta(minutes=5))

    answer = client.get(reverse("readyz"))

    assert answer.status_code == 503
    assert not answer.json()[job]["ok"]


def test_not_ready_without_an_engine(transactional_db, settings, client):
    settings.REDIS_URL = ""

    assert client.get(reverse("readyz")).status_code == 503


def test_not_ready_without_the_database_but_it_says_so(turned, client, monkeypatch):
    def away():
        raise OperationalError

    monkeypatch.setattr(probes, "head", away)

    answer = client.get(reverse("readyz"))

    assert answer.status_code == 503
    assert answer.json()["database"] == {"ok": False, "error": "OperationalError"}


def test_not_ready_without_redis_and_quick_about_it(turned, settings, client):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"

    answer = client.get(reverse("readyz"))

    assert answer.status_code == 503
    assert not answer.json()["channel_layer"]["ok"]


def test_metrics(turned, client):
    client.get("/api/v1/clocks/?subject=incident:5")
    text = client.get(reverse("metrics")).content.decode()

    assert 'icd_http_requests_total{method="GET",route="api/v1/clocks/",status="' in text
    for name in (
        "icd_journal_head",
        "icd_journal_unnumbered",
        "icd_clocks_overdue_unswept",
        "icd_notices_open",
    ):
        assert f"\n{name} 0.0" in text
    assert 'icd_engine_heartbeat_age_seconds{wheel="clocks"}' in text
    assert "incident:5" not in text


def test_a_method_a_visitor_invents_is_no_label(client, transactional_db):
    client.generic("BREW", "/healthz")

    text = client.get(reverse("metrics")).content.decode()
    assert "BREW" not in text


@pytest.mark.parametrize("address", ["10.0.0.9", "2001:db8::1", "", "unknown"])
def test_elsewhere_only_whether_it_is_ready_is_said(turned, client, address):
    answer = client.get(reverse("readyz"), REMOTE_ADDR=address)

    assert (answer.status_code, answer.json()) == (200, {"ready": True})
    assert client.get(reverse("metrics"), REMOTE_ADDR=address).status_code == 404


def test_elsewhere_what_does_not_turn_is_an_error_all_the_same(turned, client):
    Heartbeat.objects.filter(name="clocks").update(turned_at=timezone.now() - timedelta(minutes=5))

    answer = client.get(reverse("readyz"), REMOTE_ADDR="10.0.0.9")

    assert (answer.status_code, answer.json()) == (503, {"ready": False})


@pytest.mark.parametrize("name", ["healthz", "readyz", "metrics"])
def test_probes_are_only_read(client, transactional_db, name):
    assert client.post(reverse(name)).status_code == 405


def test_status_for_the_beat(db, now):
    assert status(now)["stopped"] == [
        "incidents.kept_alarms",
        "numbering",
        "clocks",
        "duty.shifts",
        "command.post",
        "drills.player",
        "notices.escalation",
        "notices.alerts",
        "notices",
        "command.linkage",
        "notices.push",
        "zero_reports.counts.tallies",
        "accounts.reform",
        "zero_reports.rounds",
        "zero_reports.reminders",
        "anchor",
        "destruction.list",
    ]
    assert ages(now)["clocks"] is None

    run_all(now)

    assert status(now) == {"ok": True, "stopped": [], "alarms": []}
    assert ages(now + timedelta(seconds=4))["clocks"] == 4.0


def test_every_alarm_has_a_sentence():
    assert "run_engine" in sentence_for("wheel_stopped:clocks")
