"""How a start refuses, and what other accounts of the machine may read."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config import environment
from engine.management.commands import serve
from tests.saml_provider import Key
from tests.saml_provider import Provider as SamlProvider

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


@pytest.mark.control(5)
@pytest.mark.parametrize("host", ["other.example", "https://icd.example.gov", "d.example.gov"])
def test_keys_are_not_made_for_a_name_under_which_nobody_comes(tmp_path, host):
    site = {"DATA_DIR": str(tmp_path), "SITE_URL": "https://icd.example.gov:8443"}

    refused = started(**site, SECURITY_KEY_HOST=host)

    assert refused.returncode == 1
    assert refused.stderr.strip().endswith("Not started.")
    assert started(**site, SECURITY_KEY_HOST="example.gov").returncode == 0


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


@pytest.fixture(scope="module")
def saml(tmp_path_factory):
    """A provider of SAML as its operator describes it, by metadata and by hand, and what is wrong with others."""
    folder, provider = tmp_path_factory.mktemp("saml"), SamlProvider()
    provider.server.server_close()
    true = provider.metadata()
    weak = Key(bits=1024).certificate
    files = {
        "true": true,
        "weak": true.replace(provider.key.certificate, weak),
        "broken": true.replace(provider.key.certificate, "MIIB"),
        "bare": re.sub("<md:KeyDescriptor.*</md:KeyDescriptor>", "", true, flags=re.DOTALL),
        "post_only": re.sub('<md:SingleSignOnService Binding="[^"]*HTTP-Redirect"[^>]*>', "", true),
        "two": f"<x>{true}{true.replace(provider.entity_id, 'https://two.example')}</x>",
        "bomb": '<!DOCTYPE x [<!ENTITY a "b">]>' + true,
        "no_xml": "<html>",
        "large": true + " " * 1024 * 1024,
        "certificate": f"-----BEGIN CERTIFICATE-----\n{provider.key.certificate}\n-----END CERTIFICATE-----\n",
        "no_certificate": "-----BEGIN PRIVATE KEY-----",
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder, provider.entity_id


def of_saml(saml, more: dict[str, str]) -> dict[str, str]:
    """The settings of a provider of SAML that would do, and `more`; file names are of the fixture's folder."""
    settings = {"SAML_METADATA_FILE": "true", "SITE_URL": "https://icd.example"} | more
    return {
        name: str(saml[0] / value) if name.endswith("_FILE") and value else value
        for name, value in settings.items()
    }


BY_HAND = {
    "SAML_METADATA_FILE": "",
    "SAML_ENTITY_ID": "https://id.example",
    "SAML_SSO_URL": "https://id.example/sso",
    "SAML_CERTIFICATE_FILE": "certificate",
}


@pytest.mark.control(61)
@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"SITE_URL": ""}, "SITE_URL"),
        ({"SITE_URL": "https://icd.example/under/it"}, "SITE_URL"),
        (BY_HAND | {"SITE_URL": "http://icd.example", "HTTPS": "1"}, "SITE_URL has to begin with https://"),
        ({"HTTPS": "1"}, "https:// where HTTPS=1"),
        ({"SAML_METADATA_FILE": "no_such_file"}, "is not to be read"),
        ({"SAML_METADATA_FILE": "weak"}, "2048"),
        ({"SAML_METADATA_FILE": "broken"}, "certificate of the provider is not to be read"),
        ({"SAML_METADATA_FILE": "bare"}, "no certificate"),
        ({"SAML_METADATA_FILE": "post_only"}, "HTTP-Redirect"),
        ({"SAML_METADATA_FILE": "two"}, "describes 2 providers"),
        ({"SAML_METADATA_FILE": "bomb"}, "DTD"),
        ({"SAML_METADATA_FILE": "no_xml"}, "no XML"),
        ({"SAML_METADATA_FILE": "large"}, "larger than"),
        ({"SAML_ENTITY_ID": "https://three.example"}, "describes 0 providers"),
        (BY_HAND | {"SAML_SSO_URL": ""}, "SAML_SSO_URL"),
        (BY_HAND | {"SAML_SSO_URL": "javascript:alert(1)"}, "SAML_SSO_URL"),
        (BY_HAND | {"SAML_CERTIFICATE_FILE": "no_certificate"}, "no certificate"),
        ({"SAML_ATTRIBUTE": "mail"}, "SAML_ATTRIBUTE=mail"),
        ({"SAML_ATTRIBUTE": "urn:oid:0.9.2342.19200300.100.1.3"}, "SAML_ATTRIBUTE="),
        ({"SAML_ATTRIBUTE": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"}, "SAML_ATTRIBUTE="),
        (OIDC, "leave one of them out"),
        ({"SSO_ONLY": "1"}, "SSO_EMERGENCY"),
    ],
)  # fmt: skip
def test_a_provider_of_saml_that_would_not_do_is_not_started(tmp_path, saml, wrong, named):
    refused = started(DATA_DIR=str(tmp_path), **of_saml(saml, wrong))

    assert refused.returncode == 1
    assert named in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_provider_of_saml_is_started_with_and_no_library_of_it(tmp_path, saml):
    two = {"SAML_METADATA_FILE": "two", "SAML_ENTITY_ID": saml[1]}
    for told in ({}, two, BY_HAND, {"SSO_ONLY": "1", "SSO_EMERGENCY": "Call 8000."}):
        done = started(DATA_DIR=str(tmp_path), **of_saml(saml, told))
        assert done.returncode == 0, done.stderr
    loaded = subprocess.run(
        [sys.executable, "-c", "import django, sys; django.setup(); import config.urls; print([name for name in "
         "('onelogin', 'xmlsec', 'lxml') if name in sys.modules])"],
        cwd=TOP, env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": "k" * 40,
                      "DATA_DIR": str(tmp_path), **of_saml(saml, {})},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert loaded.stdout == "[]\n"


LDAP = {"LDAP_URL": "ldaps://dc1.example ldaps://dc2.example", "LDAP_BASE": "dc=bureau,dc=example"}


@pytest.mark.control(61)
@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"LDAP_BASE": ""}, "LDAP_BASE"),
        ({"LDAP_URL": "dc1.example"}, "ldaps://HOST"),
        ({"LDAP_URL": "ldaps://dc1.example ldap://dc2.example"}, "LDAP_STARTTLS=1"),
        ({"LDAP_BIND_DN": "cn=searcher"}, "LDAP_BIND_PASSWORD"),
        ({"LDAP_FILTER": "objectClass=person"}, "LDAP_FILTER"),
        ({"LDAP_ATTRIBUTE": "mail"}, "LDAP_ATTRIBUTE=mail"),
        ({"LDAP_ATTRIBUTE": "uid=*)(cn"}, "LDAP_ATTRIBUTE"),
        ({"SSO_ONLY": "1"}, "SSO_EMERGENCY"),
    ],
)
def test_a_directory_that_would_not_do_is_not_started(tmp_path, wrong, named):
    refused = started(DATA_DIR=str(tmp_path), **(LDAP | wrong))

    assert refused.returncode == 1
    assert named in refused.stderr


def test_a_directory_is_started_with(tmp_path):
    done = started(DATA_DIR=str(tmp_path), **LDAP, SSO_ONLY="1", SSO_EMERGENCY="Call 8000.")
    assert done.returncode == 0, done.stderr
    for way in ("LDAP_STARTTLS", "LDAP_UNPROTECTED"):
        assert (
            started(DATA_DIR=str(tmp_path), **LDAP | {"LDAP_URL": "ldap://dc1.example", way: "1"}).returncode
            == 0
        )


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
