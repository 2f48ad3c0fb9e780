"""The heartbeat for a watchdog elsewhere: a file, an address, and a call that never holds anything up."""

import json
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from engine.background import auditor, watchdog

SCRIPT = Path(settings.BASE_DIR) / "deploy/watchdog.sh"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.mark.parametrize(("age", "status"), [(0, 200), (119, 200), (121, 503)])
def test_fresh_for_two_minutes(client, db, age, status):
    auditor.touch_heartbeat_file(timezone.now() - timedelta(seconds=age))

    answer = client.get(reverse("heartbeat"))

    assert answer.status_code == status
    assert json.loads(answer.content)["ok"] is (status == 200)


@pytest.mark.parametrize("content", [None, "", "yesterday ok\n", "\x00\n"])
def test_no_heartbeat_is_silence(client, db, content):
    if content is not None:
        auditor.heartbeat_file().write_text(content)

    assert client.get(reverse("heartbeat")).status_code == 503


def test_without_an_address_nobody_is_called(settings):
    assert settings.HEARTBEAT_PING_URL == ""
    assert watchdog.ping_watchdog() is None


def test_a_dead_watchdog_holds_nothing_up(settings):
    settings.HEARTBEAT_PING_URL = "http://127.0.0.1:9/ping"
    thread = watchdog.ping_watchdog()
    thread.join(10)

    assert not thread.is_alive()
    assert watchdog.ping_watchdog() is not None


@pytest.mark.slow
def test_the_script_alarms_when_nobody_answers(tmp_path):
    alarm = tmp_path / "alarmed"
    done = subprocess.run(
        ["sh", SCRIPT, "http://127.0.0.1:9", f"touch {alarm}"], capture_output=True, text=True
    )

    assert done.returncode == 1
    assert alarm.exists()
    assert "silent" in done.stderr


def test_the_script_says_how_to_use_it():
    assert subprocess.run(["sh", SCRIPT], capture_output=True).returncode == 2
