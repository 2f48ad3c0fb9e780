"""What is delivered beside the code: compose file, proxy, units, image, variables, locks."""

import importlib.util
import os
import re
import shutil
import stat
import subprocess
import sys
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands
from django.db import connection

from engine.background import jobs
from engine.models import Heartbeat
from engine.monotonic_clock import read_time

TOP = Path(__file__).resolve().parent.parent
COMPOSE_TEXT = (TOP / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
SERVICES = COMPOSE["services"]
APP = ("migrate", "web", "intake", "engine", "worker", "beat")
RUNNING = sorted(set(SERVICES) - {"migrate"})
UNITS = sorted((TOP / "deploy" / "systemd").glob("*.service"))
NGINX = (TOP / "deploy" / "nginx.conf").read_text()
NGINX_PARTS = ("nginx-compose.conf", "nginx-systemd.conf")

#: Read by code outside this repository (uvicorn).
READ_ELSEWHERE = {"FORWARDED_ALLOW_IPS"}
#: Switches of the test suite, not of the product.
FOR_TESTS_ONLY = {"CRASH_AT", "CRASH_POINTS", "WORKS_WATCH_SECONDS"}


# --- docker-compose.yml --------------------------------------------------------------------------------------


def test_compose_has_every_process_of_the_production_profile():
    assert set(SERVICES) == {*APP, "db", "redis", "proxy"}


def test_compose_runs_as_many_web_processes_as_it_is_told_and_two_engines():
    assert SERVICES["web"]["deploy"]["replicas"] == "${WEB_PROCESSES:-2}"
    assert SERVICES["engine"]["deploy"]["replicas"] >= 2


@pytest.mark.parametrize("name", RUNNING)
def test_compose_service_is_watched_and_started_again(name):
    service = SERVICES[name]

    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    assert service["healthcheck"]["interval"]
    assert service["healthcheck"]["timeout"]


def test_compose_migrates_once_before_anything_of_ours_starts():
    assert SERVICES["migrate"]["restart"] == "no"
    assert "manage.py migrate" in SERVICES["migrate"]["command"][-1]
    for name in set(APP) - {"migrate"}:
        assert SERVICES[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "db": {"condition": "service_healthy"},
            "redis": {"condition": "service_healthy"},
        }


def test_compose_proxy_waits_for_both_kinds_of_web_process():
    needs = SERVICES["proxy"]["depends_on"]

    assert needs == {"web": {"condition": "service_healthy"}, "intake": {"condition": "service_healthy"}}


@pytest.mark.control(57)
def test_compose_only_the_proxy_is_reachable_from_outside():
    assert [name for name in SERVICES if "ports" in SERVICES[name]] == ["proxy"]
    assert COMPOSE["networks"]["back"] == {"internal": True}
    assert SERVICES["db"]["networks"] == SERVICES["redis"]["networks"] == ["back"]
    assert SERVICES["proxy"]["networks"] == ["front"]


def test_compose_volumes_are_named_declared_and_used():
    used = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if not volume.startswith("./")
    }

    # Of the machine itself: how long it keeps logs.
    assert used == {*COMPOSE["volumes"], "/etc/systemd/journald.conf.d"}
    assert "/etc/systemd/journald.conf.d:/journald.conf.d:ro" in SERVICES["worker"]["volumes"]
    assert "database:/var/lib/postgresql/data" in SERVICES["db"]["volumes"]
    assert "queue:/data" in SERVICES["redis"]["volumes"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_compose_secrets_come_from_the_environment_and_are_demanded(name):
    demanded = re.compile(r"\$\{[A-Z_]+:\?[^}]+\}")

    for key, value in SERVICES[name].get("environment", {}).items():
        if re.search("PASSWORD|SECRET|AUTH", key):
            assert value == "" or demanded.fullmatch(value), key
        for password in re.findall(r"://[^:]+:(.+)@", value):
            assert demanded.fullmatch(password), key


@pytest.mark.control(57)
@pytest.mark.parametrize("name", sorted(SERVICES))
def test_compose_service_can_write_and_do_only_what_it_must(name):
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    # Rights are given to who runs as root alone, and only the proxy does.
    assert ("cap_add" in service) is (name == "proxy")
    assert name in (*APP, "proxy") or service["user"] != "root"


@pytest.mark.control(57)
@pytest.mark.parametrize("name", APP)
def test_compose_app_does_not_know_the_superusers_password(name):
    service = SERVICES[name]

    assert service["env_file"] == ".env"
    assert service["environment"]["POSTGRES_PASSWORD"] == ""
    assert service["environment"]["DATABASE_OWNER_PASSWORD"] == ""
    is_owner = "//dashboard_owner:" in service["environment"]["MIGRATE_DATABASE_URL"]
    assert is_owner is (name == "migrate")
    assert service["environment"]["DEMO"] == "0"


def test_compose_redis_drops_nothing_and_writes_every_second():
    command = " ".join(SERVICES["redis"]["command"])

    assert "--maxmemory-policy noeviction" in command
    assert "--appendonly yes --appendfsync everysec" in command
    assert "requirepass $$REDISCLI_AUTH" in command


@pytest.mark.parametrize("name", ["db", "redis", "proxy"])
def test_compose_foreign_images_have_a_version(name):
    assert re.search(r":\d+(\.\d+)?-", SERVICES[name]["image"])


def test_compose_files_that_are_mounted_exist():
    mounted = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    }

    # deploy/tls is filled by make-internal-ca.sh
    missing = [file for file in mounted if not (TOP / file).exists() and "/tls/" not in file]
    assert mounted
    assert missing == []


# --- systemd, and what both ways of running have in common --------------------------------------------------------


def management_commands_of(text: str) -> set[str]:
    return set(re.findall(r"manage\.py[\", ]+([a-z_]+)", text))


def test_commands_of_compose_units_image_and_scripts_exist():
    readme = TOP / "deploy" / "README.md"
    files = [TOP / "docker-compose.yml", TOP / "Dockerfile", TOP / "script" / "server", readme, *UNITS]
    named = {command for file in files for command in management_commands_of(file.read_text())}

    assert named >= {"serve", "run_engine", "migrate", "collectstatic", "backup", "first_admin"}
    assert named - set(get_commands()) == set()


def test_units_are_those_of_compose():
    assert {unit.name for unit in UNITS} == {
        "icd-web@.service",
        "icd-engine@.service",
        "icd-worker.service",
        "icd-beat.service",
        "icd-migrate.service",
    }


#: Nothing of the machine but its own folder, the network and what any program asks of the kernel.
SHUT_IN = [
    "NoNewPrivileges=true",
    "ProtectSystem=strict",
    "ProtectHome=true",
    "PrivateTmp=true",
    "PrivateDevices=true",
    "ProtectProc=invisible",
    "ProcSubset=pid",
    "ProtectClock=true",
    "ProtectHostname=true",
    "ProtectKernelLogs=true",
    "ProtectKernelTunables=true",
    "ProtectKernelModules=true",
    "ProtectControlGroups=true",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
    "RestrictNamespaces=true",
    "RestrictRealtime=true",
    "RestrictSUIDSGID=true",
    "LockPersonality=true",
    "RemoveIPC=true",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged @resources",
    "SystemCallErrorNumber=EPERM",
    "CapabilityBoundingSet=",
    "AmbientCapabilities=",
]


@pytest.mark.control(57)
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_unit_runs_without_rights_and_comes_back(unit):
    text = unit.read_text()

    assert {"User=icd", "UMask=0027", *SHUT_IN} <= set(text.splitlines())
    assert ("Restart=always" in text) is ("Type=oneshot" not in text)
    assert "EnvironmentFile=/etc/icd/env" in text
    # The account that owns the tables is known to nothing that serves.
    assert ("owner.env" in text) is (unit.name == "icd-migrate.service")


@pytest.mark.control(57)
@pytest.mark.skipif(
    not shutil.which("systemd-analyze") and os.environ.get("CI") != "true", reason="needs systemd-analyze"
)
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_little_that_a_unit_could_do(unit):
    """Its own measure, 0 (nothing) to 10; without the lines above it is 9.2, and the threshold is 2.0."""
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", str(unit)]
    judged = subprocess.run(command, capture_output=True, text=True, check=False)

    assert judged.returncode == 0, judged.stdout[-200:] + judged.stderr


# --- the proxy -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "directive",
    [
        "client_header_timeout 5s;",
        "client_body_timeout 15s;",
        "limit_conn_status 429;",
        "client_max_body_size 1m;",
        "ssl_protocols TLSv1.2 TLSv1.3;",
        "listen 443 ssl default_server;",
        "return 308 https://$host$request_uri;",
        "proxy_set_header Host $http_host;",
        "proxy_set_header Upgrade $http_upgrade;",
        "proxy_set_header Connection $connection_upgrade;",
        "proxy_set_header X-Forwarded-For $remote_addr;",
        "proxy_set_header X-Forwarded-Proto $scheme;",
        "server_tokens off;",
        'add_header Cache-Control "public, max-age=31536000, immutable";',
        "gzip_static on;",
    ],
)
def test_nginx_has(directive):
    assert directive in [line.strip() for line in NGINX.splitlines()]


@pytest.mark.control(32)
def test_nginx_does_not_write_queries_into_its_log():
    (log_format,) = re.findall(r"log_format .*?;", NGINX, flags=re.DOTALL)

    assert "$request_path" in log_format
    assert not re.search(r"\$(request|request_uri|args|query_string|http_referer)\b", log_format)


@pytest.mark.control(32)
@pytest.mark.parametrize(
    "uri", ["/r/SECRET/", "//r/SECRET", "/%72/SECRET/", "/r%2FSECRET/", "/R/SECRET/", "/r/SECRET/?x=1"]
)
def test_nginx_does_not_write_one_tap_tokens_into_its_log(uri):
    (table,) = re.findall(r"map \$request_uri \$request_path \{(.*?)\n    \}", NGINX, flags=re.DOTALL)
    rules = re.findall(r'"(~\*?)(.*?)" (\S+);', table)

    written = next(
        written
        for flags, pattern, written in rules
        if re.search(pattern.replace("(?<", "(?P<"), uri, re.IGNORECASE if flags == "~*" else 0)
    )

    assert written == "/r/***"


@pytest.mark.parametrize("part", NGINX_PARTS)
def test_nginx_every_upstream_is_defined(part):
    text = (TOP / "deploy" / part).read_text()

    assert set(re.findall(r"proxy_pass http://(\w+);", NGINX)) == set(re.findall(r"upstream (\w+) \{", text))
    assert text.count("{") == text.count("}")
    assert "access_log " in text


@pytest.mark.parametrize("cores", [1, 3])
def test_nginx_finds_the_processes_that_the_readme_starts(tmp_path, cores):
    """The lines of the guide, on a machine with so many cores; with one, two all the same: one may die."""
    readme = (TOP / "deploy" / "README.md").read_text()
    start = re.search(r"^processes=.*?(?=^```)", readme, flags=re.MULTILINE | re.DOTALL)[0]
    for name, does in {"nproc": f"echo {cores}", "systemctl": 'echo "$@" >>started'}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "deploy").symlink_to(TOP / "deploy")
    write = 'ALLOWED_HOSTS=a.example WEB_PROCESSES=$processes deploy/nginx-installation.sh "$PWD/nginx"'
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    subprocess.run(["bash", "-euc", f"{start}\n{write}"], cwd=tmp_path, env=path, check=True)

    written = (
        tmp_path / "nginx" / "web-processes.conf",
        TOP / "deploy" / "nginx-systemd.conf",
    )
    asked = set(re.findall(r"server 127\.0\.0\.1:(\d+)", "".join(file.read_text() for file in written)))
    assert asked == set(re.findall(r"icd-web@(\d+)", (tmp_path / "started").read_text()))
    assert len(asked) == max(cores, 2) + 1


@pytest.mark.parametrize(
    ("cores", "wanted", "said"),
    [(1, "", "2"), (2, "", "2"), (6, "", "6"), (64, "", "12"), (4, "1", "1"), (4, "20", "20")],
)
def test_web_processes_follow_the_cores_unless_somebody_says(tmp_path, cores, wanted, said):
    assert web_processes(tmp_path, cores, wanted).stdout == f"{said}\n"


@pytest.mark.parametrize("wanted", ["0", "100", "-1", "two", "2; rm"])
def test_web_processes_are_a_number(tmp_path, wanted):
    run = web_processes(tmp_path, 2, wanted)

    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("WEB_PROCESSES: ")


def web_processes(folder: Path, cores: int, wanted: str):
    (folder / "nproc").write_text(f"#!/bin/sh\necho {cores}\n")
    (folder / "nproc").chmod(0o755)
    return subprocess.run(
        [TOP / "deploy" / "web-processes.sh"],
        env={"PATH": f"{folder}:{os.environ['PATH']}", "WEB_PROCESSES": wanted},
        capture_output=True,
        text=True,
        check=False,
    )


# --- certificates and secrets ----------------------------------------------------------------------------------


def copy_of_deploy(folder: Path) -> Path:
    shutil.copytree(
        TOP / "deploy", folder / "deploy", ignore=shutil.ignore_patterns("*.key", "*.crt", "*.srl")
    )
    return folder / "deploy"


def make_authority(deploy: Path, *names):
    return subprocess.run(
        [deploy / "make-internal-ca.sh", *names], capture_output=True, text=True, check=False
    )


def is_trusted(deploy: Path, *, name_option: str, name: str) -> bool:
    tls = deploy / "tls"
    command = [
        "openssl",
        "verify",
        "-x509_strict",
        "-CAfile",
        tls / "ca.crt",
        name_option,
        name,
        tls / "server.crt",
    ]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_authority_vouches_for_the_names_given(tmp_path):
    deploy = copy_of_deploy(tmp_path)

    made = make_authority(deploy, "dashboard.example", "10.0.0.8")

    assert made.returncode == 0, made.stderr
    assert is_trusted(deploy, name_option="-verify_hostname", name="dashboard.example")
    assert is_trusted(deploy, name_option="-verify_ip", name="10.0.0.8")
    assert not is_trusted(deploy, name_option="-verify_hostname", name="other.example")
    for key in ("ca.key", "server.key"):
        assert stat.S_IMODE((deploy / "tls" / key).stat().st_mode) == 0o600


def test_authority_refuses_another_name_and_keeps_the_certificate(tmp_path):
    deploy = copy_of_deploy(tmp_path)
    make_authority(deploy, "dashboard.example")
    before = (deploy / "tls" / "server.crt").read_bytes()

    again = make_authority(deploy, "bank.example")

    assert again.returncode == 1
    assert "may not sign for bank.example" in again.stderr
    assert (deploy / "tls" / "server.crt").read_bytes() == before


def test_authority_stays_when_the_certificate_is_renewed(tmp_path):
    deploy = copy_of_deploy(tmp_path)
    make_authority(deploy, "dashboard.example")
    authority = (deploy / "tls" / "ca.crt").read_bytes()
    certificate = (deploy / "tls" / "server.crt").read_bytes()

    make_authority(deploy, "dashboard.example")

    assert (deploy / "tls" / "ca.crt").read_bytes() == authority
    assert (deploy / "tls" / "server.crt").read_bytes() != certificate


@pytest.fixture
def env_file(tmp_path):
    """Runs make-env.sh in a copy; gives the run and the path of .env."""
    deploy = copy_of_deploy(tmp_path)
    shutil.copy(TOP / ".env.example", tmp_path)
    run = subprocess.run(
        [deploy / "make-env.sh", "dashboard.example"], capture_output=True, text=True, check=False
    )
    return run, tmp_path / ".env"


def test_make_env_fills_everything_that_compose_demands(env_file):
    run, file = env_file

    values = dict(line.split("=", 1) for line in file.read_text().splitlines() if re.match("[A-Z]", line))

    assert run.returncode == 0, run.stderr
    assert set(values) == {*re.findall(r"\$\{([A-Z_]+):\?", COMPOSE_TEXT), "SIGNING_KEY", "WEB_PROCESSES"}
    assert int(values["WEB_PROCESSES"]) >= 2
    assert values["ALLOWED_HOSTS"] == "dashboard.example"
    assert values["CSRF_TRUSTED_ORIGINS"] == "https://dashboard.example"
    secrets = [values[name] for name in values if name.endswith(("PASSWORD", "KEY"))]
    assert len(set(secrets)) == 6
    assert all(re.fullmatch("[0-9a-f]{64}", secret) for secret in secrets)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_make_env_never_overwrites(env_file):
    _run, file = env_file
    before = file.read_text()

    again = subprocess.run(
        [file.parent / "deploy" / "make-env.sh", "x.example"], capture_output=True, text=True, check=False
    )

    assert again.returncode == 1
    assert ".env exists and was not changed" in again.stderr
    assert file.read_text() == before


# --- the image -----------------------------------------------------------------------------------------------


@pytest.mark.control(59)
def test_image_runs_without_rights_from_wheels_on_a_supported_python():
    text = (TOP / "Dockerfile").read_text()

    assert re.search(r"^FROM python:3\.1[123]-slim-[a-z]+$", text, flags=re.MULTILINE)
    assert "--only-binary :all: --require-hashes -r requirements.txt" in text
    assert re.search(r"^USER dashboard$", text, flags=re.MULTILINE)
    assert text.index("collectstatic") < text.index("USER dashboard") < text.index("HEALTHCHECK")
    assert "DEMO=0" in text


def test_image_can_back_up_the_database_it_runs_with():
    (client,) = re.findall(r"postgresql-client-(\d+)", (TOP / "Dockerfile").read_text())

    assert SERVICES["db"]["image"].startswith(f"postgres:{client}-")


def test_image_holds_no_secrets_of_the_machine_it_was_built_on():
    ignored = (TOP / ".dockerignore").read_text().splitlines()

    assert {".env", ".git", "var", "deploy/tls"} <= set(ignored)


@pytest.fixture
def probe():
    """Serves /healthz with the status put into `probe.status` and keeps the headers it was asked with."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked = (self.path, self.headers["Host"], self.headers["X-Forwarded-Proto"])
            self.send_response(server.status)
            self.end_headers()

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


def healthcheck(port: int, hosts: str = "dashboard.example,10.0.0.8"):
    return subprocess.run(
        [sys.executable, TOP / "deploy" / "healthcheck.py"],
        env=os.environ | {"PORT": str(port), "ALLOWED_HOSTS": hosts},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("status", "code"), [(200, 0), (302, 1), (400, 1), (503, 1)])
def test_healthcheck_is_content_with_200_only(probe, status, code):
    probe.status = status

    assert healthcheck(probe.server_port).returncode == code


def test_healthcheck_asks_as_the_proxy_would(probe):
    probe.status = 200

    healthcheck(probe.server_port)

    assert probe.asked == ("/healthz", "dashboard.example", "https")


def test_healthcheck_when_nobody_answers_fails():
    run = healthcheck(1)

    assert run.returncode == 1
    assert run.stderr.startswith("not alive: ")


#: The jobs that may never rest (deploy/healthcheck.py).
ESSENTIAL = [
    "incidents.kept_alarms", "numbering", "clocks", "drills.player", "notices.escalation", "notices.alerts", "notices",
]  # fmt: skip


@pytest.mark.production
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("names", "seconds", "complaint"),
    [
        ([], 0, f"not turned for 60 s: {', '.join(ESSENTIAL)}"),
        (ESSENTIAL, 0, None),
        (ESSENTIAL, 55, None),
        (ESSENTIAL, 65, ", ".join(ESSENTIAL)),
        ([name for name in ESSENTIAL if name != "clocks"], 0, "not turned for 60 s: clocks"),
    ],
)
def test_healthcheck_of_an_engine_looks_at_the_heartbeats(names, seconds, complaint):
    if connection.vendor != "postgresql":  # somebody runs pytest by hand; script/test does not come here
        pytest.skip("needs DATABASE_URL of a PostgreSQL")
    turned_at = read_time() - timedelta(seconds=seconds)
    Heartbeat.objects.bulk_create(Heartbeat(name=name, turned_at=turned_at) for name in names)

    run = engine_healthcheck(connection.settings_dict)

    assert run.returncode == (1 if complaint else 0)
    assert (complaint or "") in run.stderr


def engine_healthcheck(database: dict):
    address = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    return subprocess.run(
        [sys.executable, TOP / "deploy" / "healthcheck.py", "engine"],
        env=os.environ | {"DATABASE_URL": address},
        capture_output=True,
        text=True,
        check=False,
    )


def test_healthcheck_of_an_engine_without_a_database_fails():
    run = engine_healthcheck({"USER": "x", "PASSWORD": "x", "HOST": "127.0.0.1", "PORT": 1, "NAME": "x"})

    assert run.returncode == 1
    assert run.stderr.startswith("not alive: ")


def test_healthcheck_of_an_engine_watches_exactly_the_jobs_that_may_never_rest():
    spec = importlib.util.spec_from_file_location("healthcheck", TOP / "deploy" / "healthcheck.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    oldest = timedelta(seconds=module.OLDEST)

    assert set(module.JOBS) == {job.name for job in jobs.ALL if not job.every and job.limit < oldest}


# --- variables -----------------------------------------------------------------------------------------------


def listed_variables() -> dict[str, str]:
    """Name → value of every variable in .env.example, commented out or not."""
    text = (TOP / ".env.example").read_text()
    return dict(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]*)=(.*)$", text, flags=re.MULTILINE))


def read_variables() -> dict[str, str | None]:
    """Name → default, as source text, of every variable that the product reads."""
    found = {}
    rooms = [file for file in TOP.glob("*/**/*.py") if file.relative_to(TOP).parts[0] not in NOT_PRODUCT]
    for file in [TOP / "manage.py", *rooms]:
        text = file.read_text()
        for name, default in re.findall(
            r"""\benv(?:\.\w+)?\(\s*"([A-Z0-9_]+)"(?:,\s*default=([^\n]*?))?\)""", text
        ):
            found[name] = found.get(name) or default
        for name in re.findall(r"""os\.(?:environ\.get\(|environ\[|getenv\()"([A-Z0-9_]+)\"""", text):
            found.setdefault(name, None)
    return found


NOT_PRODUCT = {".venv", "tests", "script", "deploy", "bench", "node_modules", "var"}


def test_env_example_lists_every_variable_that_is_read():
    assert set(read_variables()) - FOR_TESTS_ONLY - set(listed_variables()) == set()


def test_env_example_lists_nothing_else():
    used = set(read_variables()) | set(re.findall(r"\$\{([A-Z_]+)", COMPOSE_TEXT)) | READ_ELSEWHERE

    assert set(listed_variables()) - used == set()


def test_env_example_lists_every_variable_of_compose():
    assert set(re.findall(r"\$\{([A-Z_]+)", COMPOSE_TEXT)) - set(listed_variables()) == set()


def literal_defaults() -> dict[str, str]:
    """Name → default as it is written in an environment; what is only made when the program starts is left out."""
    plain = {"False": "0", "True": "1", "[]": ""}
    return {
        name: plain.get(default, default.strip('"'))
        for name, default in read_variables().items()
        if default and re.fullmatch(r"""False|True|\[\]|[\d.]+|"[^"]*\"""", default)
    }


def test_literal_defaults_are_found():
    assert (
        literal_defaults().items()
        >= {"PORT": "8000", "DEBUG": "0", "HOST": "127.0.0.1", "REDIS_URL": ""}.items()
    )


@pytest.mark.parametrize(("name", "default"), sorted(literal_defaults().items()))
def test_env_example_shows_the_default_of_the_code(name, default):
    assert listed_variables()[name] == default


def test_env_example_explains_each_variable():
    blocks = [block for block in re.split(r"\n\s*\n", (TOP / ".env.example").read_text()) if "=" in block]

    for block in blocks:
        lines = block.splitlines()
        assert lines[0].startswith("# "), block
        assert not re.match(r"# [A-Z][A-Z0-9_]*=", lines[0]), block


# --- dependencies ----------------------------------------------------------------------------------------------

LOCKS = [TOP / "requirements.txt", TOP / "requirements-dev.txt"]


def direct(file: Path) -> dict[str, str]:
    """Name → whole line of each direct dependency."""
    lines = [line for line in file.read_text().splitlines() if re.match("[A-Za-z]", line)]
    return {
        re.match(r"[A-Za-z0-9_.-]+", line)[0].lower().replace("_", "-").replace(".", "-"): line
        for line in lines
    }


@pytest.mark.parametrize("name", ["requirements.in", "requirements-dev.in"])
def test_each_direct_dependency_has_a_version_and_a_reason(name):
    lines = direct(TOP / name).values()

    assert lines
    for line in lines:
        assert re.match(r"[A-Za-z0-9_.\[\],-]+==[\w.]+(; [^#]+)?\s+# \S+", line), line


@pytest.mark.control(59)
@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_lock_names_no_place_and_hashes_every_package(lock):
    text = lock.read_text()
    packages = re.split(r"\n(?=[a-z0-9])", text)[1:]

    assert "://" not in text
    assert not re.search(r"^-", text, flags=re.MULTILINE)
    assert not re.search(r"(?<![\w.-])/\w", text)
    assert packages
    assert [package.split()[0] for package in packages if "--hash=sha256:" not in package] == []


@pytest.mark.control(59)
@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_lock_holds_the_direct_dependencies_in_their_versions(lock):
    wanted = direct(lock.with_suffix(".in"))
    pinned = dict(re.findall(r"^([a-z0-9-]+)==([\w.]+)", lock.read_text(), flags=re.MULTILINE))

    assert {
        name: re.search(r"==([\w.]+)", line)[1] for name, line in wanted.items()
    }.items() <= pinned.items()


@pytest.mark.control(59)
def test_tests_run_on_the_versions_of_production():
    production, development = (
        dict(re.findall(r"^([a-z0-9-]+)==([\w.]+)", lock.read_text(), flags=re.MULTILINE)) for lock in LOCKS
    )

    assert production.items() <= development.items()


# --- names ---------------------------------------------------------------------------------------------------


def test_no_top_level_package_hides_the_standard_library():
    folders = {folder.name for folder in TOP.iterdir() if folder.name[0] != "." and any(folder.glob("*.py"))}
    files = {file.stem for file in TOP.glob("*.py")}

    assert {"early_warnings", "journal", "config"} <= folders
    assert (folders | files) & sys.stdlib_module_names == set()


@pytest.mark.control(30)
def test_logs_stay_for_six_months_at_least():
    """Cybersecurity Law, Art. 21 (3). Where the disk ends first, the size wins: the monitoring warns before."""
    lines = (TOP / "deploy/journald.conf").read_text().splitlines()
    said = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))

    assert said["Storage"] == "persistent"
    unit = re.fullmatch(r"(\d+)day", said["MaxRetentionSec"])
    assert unit
    assert int(unit[1]) >= 184
