"""How long the machine is told to keep its logs, and what is said where that is not long enough."""

import os
import subprocess
from shutil import copy, which

import pytest
from django.core.management import call_command
from django.utils import timezone

from engine.background import expiry, nightly
from engine.background.auditor import audit
from engine.background.log_retention import is_long_enough, lacking
from engine.models import Alarm
from tests.processes import ROOT

pytestmark = pytest.mark.control(30)


@pytest.mark.parametrize(
    ("span", "enough"),
    [
        ("0", True), ("184day", True), ("183 days", False), ("26w", False), ("27weeks", True), ("6month", False),
        ("1month 160d", True), ("1year", True), ("15897600", True), ("15897599s", False), ("forever", False), ("200fortnights", False),
    ],
)  # fmt: skip
def test_which_spans_are_six_months(span, enough):
    assert is_long_enough(span) is enough


@pytest.mark.skipif(
    not which("systemd-analyze") and os.environ.get("CI") != "true", reason="needs systemd-analyze"
)
@pytest.mark.parametrize("span", ["184day", "183 days", "26w", "27weeks", "6month", "1month 160d", "1year"])
def test_spans_are_read_as_systemd_reads_them(span):
    shown = subprocess.run(
        ["systemd-analyze", "timespan", span], capture_output=True, text=True, check=True
    ).stdout
    microseconds = int(shown.split("s:")[1].split()[0])

    assert is_long_enough(span) is (microseconds >= 184 * 86_400_000_000)


def test_ours_is_long_enough(tmp_path):
    copy(ROOT / "deploy/journald.conf", tmp_path / "icd.conf")

    assert lacking(tmp_path) == ""


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("zz.conf", "[Journal]\nMaxRetentionSec = 30day\n", "MaxRetentionSec=30day is less than 184 days"),
        ("zz.conf", "Storage=volatile", "Storage=persistent is not said"),
        ("zz.conf", "SystemMaxUse=", "SystemMaxUse is not said, and without it no more than 4 GB stay"),
        # Read before ours, which holds; and what is no line of its own.
        ("aa.conf", "MaxRetentionSec=30day", ""),
        ("zz.conf", "#MaxRetentionSec=30day", ""),
        ("zz.txt", "MaxRetentionSec=30day", ""),
    ],
)
def test_the_last_file_that_says_something_holds(tmp_path, name, text, why):
    copy(ROOT / "deploy/journald.conf", tmp_path / "icd.conf")
    (tmp_path / name).write_text(text)

    assert lacking(tmp_path) == (f"{tmp_path}: {why}" if why else "")


@pytest.mark.django_db
def test_a_machine_that_was_never_told_stands_on_the_system_page_until_it_is(
    tmp_path, settings, signed_in, cast
):
    settings.JOURNALD_CONF_DIR = str(tmp_path / "journald.conf.d")
    with pytest.raises(SystemExit):
        call_command("nightly", "expiry")
    audit(timezone.now(), {})

    assert Alarm.objects.filter(code="logs_short", recovered_at__isnull=True).exists()
    page = signed_in("city.sysadmin").get("/system/").content.decode()
    assert "本机未配置日志留存六个月" in page

    (tmp_path / "journald.conf.d").mkdir()
    copy(ROOT / "deploy/journald.conf", tmp_path / "journald.conf.d/icd.conf")
    nightly.run("expiry", timezone.now())
    audit(timezone.now(), {})
    assert not Alarm.objects.filter(code="logs_short", recovered_at__isnull=True).exists()


@pytest.mark.django_db
def test_where_logs_go_elsewhere_nobody_looks(settings):
    settings.JOURNALD_CONF_DIR = ""

    assert "logs_short" not in {code for code, _detail in expiry.find(timezone.now())}
