"""How a start refuses, and what other accounts of the machine may read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import environment
from engine.management.commands import serve

TOP = Path(__file__).resolve().parents[2]


def started(**env):
    """The settings read in a process of their own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "import config.settings as s; print(s.REQUIRE_SECOND_FACTOR)"],
        cwd=TOP, env={**kept, "SECRET_KEY": "k" * 40, **env}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.control(43)
def test_debug_is_refused_where_the_bureau_is_really_served(tmp_path):
    done = started(DATA_DIR=str(tmp_path), DEBUG="1", HTTPS="1")

    assert done.returncode == 1
    assert "DEBUG=1" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.control(5)
def test_a_second_factor_is_the_rule_behind_tls_and_not_in_a_trial(tmp_path):
    assert started(DATA_DIR=str(tmp_path), HTTPS="1").stdout == "True\n"
    assert started(DATA_DIR=str(tmp_path)).stdout == "False\n"


@pytest.mark.control(5)
def test_it_is_turned_off_by_a_written_decision_only(tmp_path):
    off = {"DATA_DIR": str(tmp_path), "HTTPS": "1", "REQUIRE_SECOND_FACTOR": "0"}

    refused = started(**off)

    assert refused.returncode == 1
    assert "SECOND_FACTOR_DECISION" in refused.stderr
    assert started(**off, SECOND_FACTOR_DECISION="2026-17, 2026-11-28").stdout == "False\n"


OIDC = {"OIDC_ISSUER": "https://id.example", "OIDC_CLIENT_ID": "command", "OIDC_CLIENT_SECRET": "x"}


@pytest.mark.control(61)
@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"OIDC_CLIENT_SECRET": ""}, "OIDC_CLIENT_SECRET"),
        ({"OIDC_ISSUER": "http://id.example", "HTTPS": "1"}, "https://"),
        ({"OIDC_CLAIM": "email"}, "OIDC_CLAIM=email"),
        ({"SSO_ONLY": "1"}, "SSO_EMERGENCY"),
        ({"SSO_ONLY": "1", "SSO_EMERGENCY": "Call 8000.", "OIDC_ISSUER": ""}, "needs OIDC_ISSUER"),
    ],
)
def test_a_central_sign_in_that_would_not_do_is_not_started(tmp_path, wrong, named):
    refused = started(DATA_DIR=str(tmp_path), **(OIDC | wrong))

    assert refused.returncode == 1
    assert named in refused.stderr
    assert started(DATA_DIR=str(tmp_path), **OIDC, SSO_ONLY="1", SSO_EMERGENCY="Call 8000.").returncode == 0


def test_a_data_folder_is_made_for_this_account_alone(tmp_path):
    environment.make_data_dir(tmp_path / "data")

    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_a_data_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(SystemExit, match="Not started"):
        environment.make_data_dir(tmp_path / "file" / "data")


def test_a_secret_key_that_cannot_be_kept_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)

    with pytest.raises(SystemExit, match="Not started"):
        environment.read_secret_keys(tmp_path / "nowhere")


def test_a_data_folder_that_is_read_only_is_one_sentence(monkeypatch, capsys):
    monkeypatch.setattr(serve.os, "access", lambda folder, mode: False)
    monkeypatch.setattr(serve.settings, "EMBEDDED", True)

    with pytest.raises(SystemExit):
        serve.Command().handle(host="127.0.0.1", port=0, no_migrate=True, no_demo=True)

    assert "cannot be written to" in capsys.readouterr().err


@pytest.mark.parametrize(("url", "mode"), [("", 0o600), ("postgres://x@h/d", 0o644)])
def test_what_the_embedded_profile_writes_is_for_its_account_alone(tmp_path, monkeypatch, url, mode):
    """In production units and images set their own; nginx has to read the static files."""
    import django.core.management

    import manage

    monkeypatch.setenv("DATABASE_URL", url)
    made = tmp_path / "dashboard.sqlite3"
    monkeypatch.setattr(django.core.management, "execute_from_command_line", lambda _argv: made.touch())
    before = os.umask(0o022)
    try:
        manage.main()
    finally:
        os.umask(before)

    assert made.stat().st_mode & 0o777 == mode
