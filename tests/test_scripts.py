"""The scripts around the code, tried in a copy with a stand-in for Python: no network, no real installation."""

import importlib.util
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import polib
import psycopg2
import pytest
import redis

TOP = Path(__file__).resolve().parent.parent
SHELL_FILES = sorted(
    file
    for folder in ("script", ".ci", "deploy")
    for file in (TOP / folder).rglob("*")
    if file.is_file() and file.read_bytes().startswith(b"#!/usr/bin/env bash")
)

#: Answers as python, pip and manage.py would, and writes down what it was asked.
STAND_IN = """#!/bin/bash
log() { echo "$*" >>"$STAND_IN_LOG"; }
case "$*" in
    *sys.version_info*) exit "${STAND_IN_TOO_OLD:-0}" ;;
    --version) echo "Python 3.12.0" ;;
    "-m venv --without-pip .venv") log venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
    "-m venv .venv")
        [[ -z $STAND_IN_NO_VENV ]] || exit 1
        log venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python; touch .venv/pip ;;
    "script/fetch_pip.py .venv") log fetch-pip; [[ -n $STAND_IN_HAS_INDEX ]] && touch .venv/pip ;;
    "-m pip --version") [[ -f .venv/pip ]] ;;
    "-m pip install"*)
        log install "${@: -1}"
        [[ -z $STAND_IN_PIP_HANGS ]] || { echo $$ >pip.pid; exec sleep 60; }
        exit "${STAND_IN_PIP_FAILS:-0}" ;;
    "manage.py serve"*) umask >umask; log "serve DEMO=$DEMO ${*:3}"; [[ -z $STAND_IN_SERVES ]] || { echo $$ >serve.pid; exec sleep 60; } ;;
    *) log "unknown: $*"; exit 9 ;;
esac
"""


class Copy:
    """A copy of script/ in an empty folder, and a PATH on which the only Python is the stand-in."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.log = folder / "log"
        self.log.touch()
        shutil.copytree(TOP / "script", folder / "script")
        (folder / "requirements.txt").write_text("one==1\n")
        tools = folder / "tools"
        tools.mkdir()
        for name in ("bash", "dirname", "env", "sha256sum", "tr", "rm", "mkdir", "cp", "touch", "sleep"):
            (tools / name).symlink_to(shutil.which(name))
        self.write(tools / "python3", STAND_IN)
        self.environment = {"PATH": str(tools), "PYTHON": "python3", "STAND_IN_LOG": str(self.log)}

    @staticmethod
    def write(file: Path, text: str):
        file.write_text(text)
        file.chmod(0o755)

    def start(self, *command, **environment):
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *command, **environment):
        process = self.start(*command, **environment)
        process.out, process.err = process.communicate(timeout=30)
        return process

    def logged(self) -> list[str]:
        return self.log.read_text().splitlines()


@pytest.fixture
def copy(tmp_path):
    return Copy(tmp_path)


def wait_for(file: Path) -> str:
    for _ in range(200):
        if file.exists() and file.read_text().strip():
            return file.read_text().strip()
        time.sleep(0.05)
    raise AssertionError(f"{file.name} never appeared")


def is_running(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def ends(pid: int) -> bool:
    """Whether it ends by itself soon: it was sent its signal a moment ago."""
    for _ in range(200):
        if not is_running(pid):
            return True
        time.sleep(0.05)
    return False


# --- all of them ---------------------------------------------------------------------------------------------


def test_shell_files_are_found():
    names = {file.relative_to(TOP).as_posix() for file in SHELL_FILES}

    assert {"script/server", "script/test", "script/testbed", "script/lock", ".ci/run"} <= names


@pytest.mark.parametrize("file", [*SHELL_FILES, TOP / "script" / "lib.sh"], ids=lambda file: file.name)
def test_shell_file_parses(file):
    check = subprocess.run(["bash", "-n", file], capture_output=True, text=True, check=False)

    assert (check.returncode, check.stderr) == (0, "")


@pytest.mark.parametrize("file", SHELL_FILES, ids=lambda file: file.name)
def test_shell_file_can_be_run_and_stops_at_the_first_error(file):
    assert file.stat().st_mode & stat.S_IXUSR
    assert "\nset -euo pipefail\n" in file.read_text()


# --- script/server -------------------------------------------------------------------------------------------


def test_server_first_run_installs_then_serves_with_the_demo_bureau(copy):
    run = copy.run("script/server")

    assert run.returncode == 0, run.err
    assert copy.logged() == ["venv", "install requirements.txt", "serve DEMO=1 "]


def test_server_takes_the_python_that_is_named(copy):
    copy.write(copy.folder / "mine", STAND_IN + "# mine\n")

    run = copy.run("script/server", PYTHON=str(copy.folder / "mine"))

    assert run.returncode == 0, run.err
    assert (copy.folder / "mine").read_text() == (copy.folder / ".venv" / "bin" / "python").read_text()


def test_a_distributions_python_comes_before_another_of_its_line(copy):
    run = copy.run("bash", "-c", ". script/lib.sh; pythons", PYTHON="")

    named = run.out.split()
    assert named[:2] == ["/usr/bin/python3.13", "python3.13"]
    assert named.index("python3.13") < named.index("/usr/bin/python3.11") < named.index("python3.11")


def test_server_second_run_only_serves(copy):
    copy.run("script/server")
    copy.log.write_text("")

    copy.run("script/server")

    assert copy.logged() == ["serve DEMO=1 "]


def test_server_installs_again_when_the_lock_changed(copy):
    copy.run("script/server")
    copy.log.write_text("")
    (copy.folder / "requirements.txt").write_text("one==2\n")

    copy.run("script/server")

    assert copy.logged() == ["install requirements.txt", "serve DEMO=1 "]


def test_server_keeps_demo_0_and_hands_its_arguments_on(copy):
    copy.run("script/server", "--no-migrate", DEMO="0")

    assert copy.logged()[-1] == "serve DEMO=0 --no-migrate"


def test_server_writes_for_its_own_account_alone(copy):
    copy.run("script/server")

    assert (copy.folder / "umask").read_text().strip() == "0077"


def test_server_with_a_python_that_is_too_old_says_so_in_two_languages(copy):
    run = copy.run("script/server", STAND_IN_TOO_OLD="1")

    assert run.returncode == 1
    chinese, english = run.err.splitlines()
    assert chinese.startswith("未启动：找不到 Python 3.11")
    assert english.startswith("Not started: no Python 3.11, 3.12 or 3.13 was found; install one first")
    assert copy.logged() == []


def test_server_without_ensurepip_fetches_pip_from_the_index(copy):
    run = copy.run("script/server", STAND_IN_NO_VENV="1", STAND_IN_HAS_INDEX="1")

    assert run.returncode == 0, run.err
    assert copy.logged() == ["venv", "fetch-pip", "install requirements.txt", "serve DEMO=1 "]


def test_server_without_any_pip_names_the_package_to_install(copy):
    run = copy.run("script/server", STAND_IN_NO_VENV="1")

    assert run.returncode == 1
    assert "apt install python3-venv" in run.err.splitlines()[-2]
    assert run.err.splitlines()[-1].startswith("Not started: this Python has no venv/pip")
    assert not (copy.folder / ".venv").exists()
    assert "serve DEMO=1 " not in copy.logged()


def test_server_when_pip_fails_says_why_and_tries_again_next_time(copy):
    run = copy.run("script/server", STAND_IN_PIP_FAILS="1")

    assert run.returncode == 1
    assert "PIP_INDEX_URL" in run.err.splitlines()[-2]
    assert run.err.splitlines()[-1].startswith("Not started: requirements.txt could not be installed")
    assert copy.logged() == ["venv", "install requirements.txt"]

    copy.run("script/server")

    assert copy.logged()[2:] == ["install requirements.txt", "serve DEMO=1 "]


def test_server_is_replaced_by_the_server_process(copy):
    process = copy.start("script/server", STAND_IN_SERVES="1")

    serving = int(wait_for(copy.folder / "serve.pid"))
    process.terminate()

    assert serving == process.pid
    assert process.wait(timeout=60) == -signal.SIGTERM
    process.communicate()


def test_server_stopped_while_installing_leaves_no_pip_behind(copy):
    process = copy.start("script/server", STAND_IN_PIP_HANGS="1")

    pip = int(wait_for(copy.folder / "pip.pid"))
    assert is_running(pip)
    process.terminate()

    assert process.wait(timeout=60) == 143
    process.communicate()
    assert ends(pip)
    assert not (copy.folder / ".venv" / "installed-requirements.txt").exists()


# --- script/test ---------------------------------------------------------------------------------------------

#: Stands for every tool of .venv/bin; the Python writes a report as pytest would.
TOOL = """#!/bin/bash
name=${0##*/}
case "$name $*" in
    "python "*sys.version_info* | "python -m pip --version") exit 0 ;;
    "python --version") echo "Python 3.12.0"; exit 0 ;;
    "python -c "*) exit 1 ;;
    "python script/totals.py "*) exec "$REAL_PYTHON" "$@" ;;
    "python -m tests.migrated"*)
        echo "databases ${3:-none}" >>"$STAND_IN_LOG"
        [[ -z $HANGS ]] || { echo $$ >tests.pid; exec sleep 60; } ;;
    "python -m pytest "*)
        for argument in "$@"; do
            [[ $argument == --junitxml=* ]] && report=${argument#*=}
            [[ $argument == cache_dir=* ]] && cache=${argument#*=}
        done
        tests=4 failed=0 lines=
        [[ -z $FAIL_TESTS || $* != *"$FAIL_WHERE"* ]] || failed=$FAIL_TESTS
        if [[ $* == *" --last-failed "* ]]; then tests=$failed failed=${FAIL_AGAIN:-$failed}; fi
        for ((n = 0; n < tests; n++)); do
            lines+="<testcase classname='kills' name='test_$n'>"
            ((n >= failed)) || lines+="<failure message='not&#10;within 4 s'/>"
            lines+="</testcase>"
        done
        skipped=$((tests == 4))
        echo "<testsuite tests='$tests' failures='$failed' errors='0' skipped='$skipped'>$lines</testsuite>" >"$report"
        if ((failed)); then
            mkdir -p "$cache/v/cache"
            for ((n = 0; n < failed; n++)); do echo "  \"kills::test_$n\": true,"; done >"$cache/v/cache/lastfailed"
        fi
        echo "pytest db=${DATABASE_URL:-none} redis=${REDIS_URL:-none} ${*: -4}" >>"$STAND_IN_LOG"
        echo "${TEST_TURN:-all}" >turn
        ((failed == 0)); exit ;;
    *) echo "$name $1" >>"$STAND_IN_LOG"; [[ $name != "$FAIL_TOOL" ]] ;;
esac
"""

TESTBED = """#!/bin/bash
echo "testbed $1" >>"$STAND_IN_LOG"
[[ $1 == stop ]] || { mkdir -p "$2"; printf '%s\\n' TEST_DATABASE_URL=pg TEST_REDIS_URL=rd TESTBED="$2" >"$2/env"; }
"""

EVERYTHING = [
    "testbed start",
    "ruff check",
    "ruff format",
    "lint-imports ",
    "mypy ./incidents/rules.py",
    "djlint --lint",
    "djangofmt --check",
    "python script/messages.py",
    "python manage.py",
    "pytest db=none redis=none -n 3 -m (not browser and not fault) and not production",
    "pytest db=none redis=none 4 -m (fault and not measured and not browser) and not production tests/test_kills.py",
    "pytest db=none redis=none 0 -m (fault and measured and not browser) and not production tests/test_kills.py",
    "pytest db=none redis=none (browser) and not production --dist loadfile tests/test_pages.py",
    "pytest db=pg redis=rd -n 3 -m (not browser and not fault) and not embedded_only",
    "pytest db=pg redis=rd 4 -m (fault and not measured and not browser) and not embedded_only tests/test_kills.py",
    "pytest db=pg redis=rd 0 -m (fault and measured and not browser) and not embedded_only tests/test_kills.py",
    "testbed stop",
]


def write_marked(copy, name, *marks):
    """A file of tests; not written out here, or this file would be taken for one of them."""
    (copy.folder / "tests" / name).write_text("".join(f"@pytest.mark.{mark}\n" for mark in marks))


@pytest.fixture
def checks(copy):
    """A copy in which script/test finds every tool, a browser, a font, PostgreSQL and Redis."""
    copy.environment["REAL_PYTHON"] = sys.executable
    for name in ("sed", "mktemp", "chmod", "find", "sort", "cat", "grep"):
        (copy.folder / "tools" / name).symlink_to(shutil.which(name))
    for name in (
        "chromium",
        "chromium-headless-shell",
        "initdb",
        "redis-server",
        "openssl",
        "slapd",
        "systemd-analyze",
    ):
        copy.write(copy.folder / "tools" / name, "#!/bin/bash\n")
    copy.write(copy.folder / "tools" / "fc-list", "#!/bin/bash\necho Noto\n")
    (copy.folder / ".venv" / "bin").mkdir(parents=True)
    for name in ("python", "ruff", "lint-imports", "mypy", "djlint", "djangofmt"):
        copy.write(copy.folder / ".venv" / "bin" / name, TOOL)
    copy.write(copy.folder / "script" / "testbed", TESTBED)
    (copy.folder / "requirements-dev.txt").write_text("two==2\n")
    (copy.folder / "incidents").mkdir()
    (copy.folder / "incidents" / "rules.py").touch()
    (copy.folder / "templates").mkdir()
    (copy.folder / "tests").mkdir()
    write_marked(copy, "test_pages.py", "browser")
    write_marked(copy, "test_kills.py", "fault", "measured")
    (copy.folder / "tests" / "test_rules.py").write_text("")
    (copy.folder / ".env.example").write_text("SECRET_KEY=\n# DEMO=0\n")
    copy.run("script/test")  # installs
    copy.log.write_text("")
    return copy


def in_order(checks) -> list[str]:
    """What was done one after the other. The databases are made beside the checks, each once."""
    logged = checks.logged()
    beside = ["databases none", "databases pg"]
    assert sorted(line for line in logged if line in beside) == beside
    last = max(map(logged.index, beside))
    assert last < next(n for n, line in enumerate(logged) if line.startswith("pytest"))
    return [line for line in logged if line not in beside]


def test_test_runs_every_check_and_both_profiles(checks):
    run = checks.run("script/test", DATABASE_URL="postgres://mine", REDIS_URL="redis://mine")

    assert run.returncode == 0, run.err
    assert in_order(checks) == EVERYTHING
    assert run.out.splitlines()[-1] == "21 passed, 0 failed, 7 skipped"


def test_whoever_wants_it_has_every_test_on_both_profiles(checks):
    """tests/turns.py"""
    told = []
    for command, given in (
        ((), {}),
        ((), {"TEST_TURN": "c"}),
        ((), {"TEST_TURN": ""}),
        (("tests/one",), {"TEST_TURN": "c"}),
    ):
        checks.run("script/test", *command, **given)
        told.append((checks.folder / "turn").read_text().strip())

    assert told == ["0", "c", "all", "all"]


def test_test_goes_on_after_a_failed_check_and_fails_in_the_end(checks):
    run = checks.run("script/test", FAIL_TOOL="mypy")

    assert run.returncode == 1
    assert in_order(checks) == EVERYTHING
    assert run.out.splitlines()[-2:] == ["Failed step: types", "21 passed, 0 failed, 7 skipped"]


def test_test_with_a_failed_test_fails(checks):
    run = checks.run("script/test", FAIL_TESTS="1")

    assert run.returncode == 1
    assert run.out.splitlines()[-1] == "14 passed, 7 failed, 7 skipped"


KILLS = "fault and not measured and not browser) and not production"


def test_a_few_that_failed_with_real_processes_are_asked_once_more_and_named(checks):
    run = checks.run("script/test", FAIL_TESTS="2", FAIL_WHERE=KILLS, FAIL_AGAIN="0")

    assert run.returncode == 0, run.err
    said = run.out.splitlines()[-3:]
    assert said == [
        "Failed at first, passed when asked again: kills::test_0: not within 4 s",
        "Failed at first, passed when asked again: kills::test_1: not within 4 s",
        "21 passed, 0 failed, 7 skipped",
    ]


@pytest.mark.parametrize(
    "failing",
    [
        {"FAIL_TESTS": "2", "FAIL_WHERE": KILLS, "FAIL_AGAIN": "1"},
        {"FAIL_TESTS": "5", "FAIL_WHERE": KILLS, "FAIL_AGAIN": "0"},
        {"FAIL_TESTS": "1", "FAIL_WHERE": "not browser and not fault) and not production", "FAIL_AGAIN": "0"},
    ],
    ids=["again", "many", "without processes"],
)
def test_what_fails_again_or_depends_on_us_alone_fails(checks, failing):
    run = checks.run("script/test", **failing)

    assert run.returncode == 1
    assert any(line.startswith("Failed: kills::test_0: not within 4 s") for line in run.out.splitlines())
    assert [line for line in run.out.splitlines() if line.startswith("Failed step: tests: embedded, ")]


def test_each_file_of_journeys_stays_in_one_process(checks):
    write_marked(checks, "test_screens.py", "browser")

    run = checks.run("script/test")

    assert run.returncode == 0, run.err
    asked = [line for line in checks.logged() if line.endswith("test_pages.py tests/test_screens.py")]
    assert asked == ["pytest db=none redis=none --dist loadfile tests/test_pages.py tests/test_screens.py"]


def test_test_stopped_ends_what_runs_aside(checks):
    process = checks.start("script/test", HANGS="1")

    tests = int(wait_for(checks.folder / "tests.pid"))
    process.terminate()

    process.communicate(timeout=60)
    assert process.returncode == 143
    assert ends(tests)
    assert checks.logged()[-1] == "testbed stop"


def test_test_with_paths_runs_only_these_on_both_profiles(checks):
    run = checks.run("script/test", "tests/one", "-x")

    assert run.returncode == 0, run.err
    assert checks.logged() == [
        "testbed start",
        "pytest db=none redis=none -m not production tests/one -x",
        "pytest db=pg redis=rd -m not embedded_only tests/one -x",
        "testbed stop",
    ]


def test_test_without_a_browser_leaves_the_journeys_out_and_says_so(checks):
    (checks.folder / "tools" / "chromium").unlink()

    run = checks.run("script/test")

    assert run.returncode == 0, run.err
    assert "Missing and not installed" in run.err
    assert "Left out: browser journeys: chromium is missing" in run.out.splitlines()
    assert [line for line in checks.logged() if "((browser) and not production) and not browser" in line]


def test_ci_without_a_browser_fails(checks):
    (checks.folder / "tools" / "chromium").unlink()
    shutil.copytree(TOP / ".ci", checks.folder / ".ci")

    run = checks.run(".ci/run")

    assert run.returncode == 1
    assert "Failed step: chromium is missing" in run.out.splitlines()


# --- the smaller ones ----------------------------------------------------------------------------------------


def totals(folder: Path):
    return subprocess.run(
        [sys.executable, TOP / "script" / "totals.py", folder], capture_output=True, text=True, check=False
    )


def test_totals_adds_up_all_reports(tmp_path):
    (tmp_path / "a.xml").write_text(
        "<testsuites><testsuite tests='5' failures='1' errors='1' skipped='1'/></testsuites>"
    )
    (tmp_path / "b.xml").write_text("<testsuite tests='3' failures='0' errors='0' skipped='0'/>")

    run = totals(tmp_path)

    assert (run.returncode, run.stdout) == (1, "5 passed, 2 failed, 1 skipped\n")


def test_totals_of_nothing_is_a_failure(tmp_path):
    run = totals(tmp_path)

    assert (run.returncode, run.stdout) == (1, "0 passed, 0 failed, 0 skipped\n")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def index(tmp_path):
    """A package index: gives the folder of its page about pip, and its address."""
    folder = tmp_path / "simple" / "pip"
    folder.mkdir(parents=True)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}/simple/"
        server.shutdown()


@pytest.fixture
def fetch_pip():
    """The module script/fetch_pip.py."""
    spec = importlib.util.spec_from_file_location("fetch_pip", TOP / "script" / "fetch_pip.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.control(59)
def test_fetch_pip_takes_the_wheel_it_knows(index, fetch_pip, monkeypatch):
    folder, address = index
    (folder / fetch_pip.WHEEL).write_bytes(b"the wheel")
    (folder / "index.html").write_text(
        f'<a href="pip-1.0.whl">x</a> <a href="{fetch_pip.WHEEL}#sha256=0">y</a>'
    )
    monkeypatch.setattr(fetch_pip, "SHA256", sha256(b"the wheel").hexdigest())

    assert fetch_pip.fetch_wheel(address) == b"the wheel"


@pytest.mark.control(59)
def test_fetch_pip_refuses_another_file_under_the_same_name(index, fetch_pip):
    folder, address = index
    (folder / fetch_pip.WHEEL).write_bytes(b"something else")
    (folder / "index.html").write_text(f'<a href="{fetch_pip.WHEEL}">y</a>')

    with pytest.raises(ValueError, match="is not the file we know"):
        fetch_pip.fetch_wheel(address)


def test_fetch_pip_without_the_wheel_on_the_index_says_so(index, fetch_pip):
    folder, address = index
    (folder / "index.html").write_text('<a href="pip-1.0-py3-none-any.whl">x</a>')

    with pytest.raises(ValueError, match="is not on http"):
        fetch_pip.find_wheel(address)


def messages(folder: Path, *arguments):
    return subprocess.run(
        [sys.executable, TOP / "script" / "messages.py", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_messages_check_names_what_is_not_compiled_and_compiling_cures_it(tmp_path):
    source = tmp_path / "locale" / "room" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.append(polib.POEntry(msgid="Recall", msgstr="召回"))
    catalogue.append(polib.POEntry(msgid="Not yet", msgstr=""))
    catalogue.save(source)

    before, compiling, after = (
        messages(tmp_path, "--check"),
        messages(tmp_path),
        messages(tmp_path, "--check"),
    )

    assert before.returncode == 1
    assert "django.mo does not hold what django.po says" in before.stdout
    assert compiling.returncode == 0
    assert (after.returncode, after.stdout) == (0, "")
    assert [entry.msgstr for entry in polib.mofile(source.with_suffix(".mo"))] == ["召回"]


@pytest.mark.fault
@pytest.mark.production
def test_testbed_keeps_its_data_when_a_server_is_killed():
    # Not tmp_path: the account that runs PostgreSQL may not enter there.
    folder = Path(tempfile.mkdtemp(prefix="dashboard-bed-"))
    testbed = TOP / "script" / "testbed"
    lines = subprocess.run([testbed, "start", folder], capture_output=True, text=True, check=True).stdout
    try:
        given = dict(line.split("=", 1) for line in lines.splitlines())
        with psycopg2.connect(given["TEST_DATABASE_URL"]) as connection:
            connection.cursor().execute("CREATE TABLE kept AS SELECT 7 AS number")
        connection.close()
        redis.Redis.from_url(given["TEST_REDIS_URL"]).set("kept", "7")
        time.sleep(1.1)  # the append-only file is written every second

        for service in ("postgres", "redis"):
            subprocess.run([testbed, "kill", folder, service], check=True)
        with pytest.raises(psycopg2.OperationalError):
            psycopg2.connect(given["TEST_DATABASE_URL"])
        with pytest.raises(redis.ConnectionError):
            redis.Redis.from_url(given["TEST_REDIS_URL"]).ping()
        for service in ("postgres", "redis"):
            subprocess.run([testbed, "up", folder, service], check=True)

        with psycopg2.connect(given["TEST_DATABASE_URL"]) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT number FROM kept")
            assert cursor.fetchone() == (7,)
        connection.close()
        assert redis.Redis.from_url(given["TEST_REDIS_URL"]).get("kept") == b"7"
    finally:
        subprocess.run([testbed, "stop", folder], check=True)
    assert not folder.exists()
