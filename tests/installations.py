"""A whole installation with the demo bureau in it, on either profile, for tests that hurt its processes.

    bureau = Bureau(folder, postgres=postgres, redis=redis)      # or neither: embedded
    with bureau.installation(folder / "one") as installation:    # a copy; each test hurts its own
        with installation.web() as web, installation.engine():
            duty = installation.client("county1.duty", web)

The bureau is built once by the product's own commands and copied, because building takes seconds.
"""

import csv
import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

import psycopg2

from tests.clients import Client, Screen
from tests.processes import Engine, Postgres, Redis, Server, environment, manage, migrate, python

#: Everybody's, in these databases only.
PASSWORD = "Tests-only-2026-bureau"
#: Files under their own names: what a journey looks at is found again.
STATIC_STORAGE = "common.web.static.StaticStorage"
#: As deploy/postgres-role.sh makes them: every process of these installations works with the application's rights.
BUREAU, OWNER, APPLICATION = "dashboard", "dashboard_owner", "dashboard"

BUILD = f"""
import io, json
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from accounts.models import User
from demo import bureau
from plans.lifecycle.actions import load_plan
from zero_reports.reminders.actions import write_steps
from zero_reports.reminders.models import ReminderStep
from zero_reports.rounds.jobs import run_rounds
from tests.live.sessions import sign_in

now = timezone.now()
with transaction.atomic():
    bureau.build(now=now, counties=2, townships=1, villages=1)
    plan = settings.BASE_DIR / "plans/library/city-justice-bureau.yaml"
    load_plan(text=plan.read_text(), actor=None, now=now, put_in_force=True)
run_rounds(now)  # or the first engine would record that the day has begun
write_steps(now)
ReminderStep.objects.update(done_at=now)  # or what is sent would depend on the hour of the day
User.objects.update(password=make_password({PASSWORD!r}), password_changed_at=now)

def token_of(username):
    out = io.StringIO()
    call_command("issue_token", username, "--every-scope", "--days=365", stdout=out)
    return out.getvalue().strip()

names = list(User.objects.values_list("username", flat=True))
print(json.dumps({{name: [token_of(name), sign_in(name)] for name in names}}))
"""


class Bureau:
    """The demo bureau, small, in a database that is only copied from. Keys: username → (token, session)."""

    def __init__(self, folder: Path, *, postgres: Postgres | None = None, redis: Redis | None = None):
        self.postgres, self.redis = postgres, redis
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        more = {}
        if postgres:
            postgres.make_accounts()
            more = {"DATABASE_URL": postgres.url_of(BUREAU, APPLICATION), "REDIS_URL": redis.url}
        env = environment(folder, **more)
        owner = {"MIGRATE_DATABASE_URL": postgres.url_of(BUREAU, OWNER)} if postgres else {}
        migrate({**env, **owner})
        self.env = env
        self.keys = json.loads(python(BUILD, env=env).splitlines()[-1])
        self._copies = 0

    @contextmanager
    def installation(self, folder: Path, **env: str):
        """A copy of its own, gone at the end. `env` are further settings of all its processes."""
        self._copies += 1
        database = f"copy{self._copies}"
        try:
            yield self._copy(folder, database, env)
        finally:
            if self.postgres is not None:
                self.postgres.drop(database)

    def _copy(self, folder: Path, database: str, env: dict[str, str]) -> "Installation":
        folder.mkdir(parents=True)
        if self.postgres is None:
            with closing(sqlite3.connect(self._folder / "dashboard.sqlite3")) as source:
                source.execute(f"VACUUM INTO '{folder / 'dashboard.sqlite3'}'")
        else:
            self.postgres.create(database, template=BUREAU)
            env |= {"DATABASE_URL": self.postgres.url_of(database, APPLICATION), "REDIS_URL": self.redis.url}
        return Installation(folder, environment(folder, **env), self.keys)


class Installation:
    def __init__(self, folder: Path, env: dict[str, str], keys: dict[str, list[str]]):
        self.folder, self.env, self.keys = folder, env, keys

    @property
    def is_embedded(self) -> bool:
        return "DATABASE_URL" not in self.env

    # Its processes.

    def web(self, name: str = "web", *, crash_at: str = "", **env: str) -> Server:
        return Server(env=self._armed(crash_at, env), name=name)

    def engine(self, name: str = "engine", *, crash_at: str = "", **env: str):
        """An engine; embedded, nothing: there the server runs the jobs."""
        return nullcontext() if self.is_embedded else Engine(env=self._armed(crash_at, env), name=name)

    def _armed(self, crash_at: str, env: dict[str, str]) -> dict[str, str]:
        armed = {"CRASH_AT": crash_at, "CRASH_POINTS": "1"} if crash_at else {}
        return {**self.env, **armed, **env}

    # Its people.

    def client(self, username: str, *servers: Server) -> Client:
        return Client([server.port for server in servers], token=self.keys[username][0])

    def browser(self, username: str, *servers: Server) -> Client:
        """Somebody signed in on pages, who reads Chinese."""
        return Client([server.port for server in servers], session=self.keys[username][1])

    def screen(self, username: str, *servers: Server, after: int | None = 0) -> Screen:
        return Screen([server.port for server in servers], session=self.keys[username][1], after=after)

    # Its database, read past the product.

    def rows(self, sql: str) -> list[tuple]:
        with closing(self._connect()) as connection:
            cursor = connection.cursor()
            cursor.execute(sql)
            found = cursor.fetchall() if cursor.description else []
            connection.commit()
        return found

    def one(self, sql: str):
        return self.rows(sql)[0][0]

    def head(self) -> int:
        return self.one("SELECT coalesce(max(number), 0) FROM journal_entry")

    def thread_of(self, number: str) -> str:
        """The journal's name of an incident."""
        sql = f"SELECT id FROM incidents_incident WHERE number = '{number}'"
        return f"incident:{self.one(sql)}"

    def check_journal(self) -> int:
        """No number is missing, the chain holds; the head. Independent of verify_journal."""
        sql = "SELECT number, hash, body FROM journal_entry WHERE number IS NOT NULL ORDER BY number"
        entries = self.rows(sql)
        previous = ""
        for expected, (number, hash_, body) in enumerate(entries, start=1):
            previous = hashlib.sha256(f"{previous}\n{expected}\n{body}".encode()).hexdigest()
            assert (number, hash_) == (expected, previous), f"the journal breaks at number {expected}"
        assert self.rows("SELECT number, hash FROM journal_head") == [(len(entries), previous)]
        return len(entries)

    def _connect(self):
        if self.is_embedded:
            return sqlite3.connect(self.folder / "dashboard.sqlite3", timeout=20)
        return psycopg2.connect(self.env["DATABASE_URL"].replace(f"//{APPLICATION}@", "//postgres@"))


def _prepare_demo(folder: Path) -> None:
    """Migrated, filled, with its static files: once in a run of script/test, which gives each of its runs a TEST_CACHE of
    its own, and then copied. Twenty files of journeys begin with it, each in a process of its own; what they switch on
    is about the server, not about what lies there."""
    cache = os.environ.get("TEST_CACHE") if os.environ.get("CI") == "true" else None
    if cache is None:
        _make_demo(folder)
        return
    Path(cache).mkdir(parents=True, exist_ok=True, mode=0o700)
    ready = Path(cache) / "demo"
    with (Path(cache) / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several that begin at once one makes it
        if not ready.exists():
            half = ready.with_name("demo-half")
            shutil.rmtree(half, ignore_errors=True)
            half.mkdir()
            _make_demo(half)
            half.rename(ready)
    shutil.copytree(ready, folder, dirs_exist_ok=True)


def _make_demo(folder: Path) -> None:
    env = environment(folder, STATIC_STORAGE=STATIC_STORAGE)
    migrate(env)
    manage("seed_demo", env=env)
    manage("collectstatic", "--noinput", env=env)


@contextmanager
def demo_server(folder: Path, *, application: str = "", **settings: str):
    """The demo bureau, embedded, as `script/server` would start it on a fresh machine; `passwords` by username.

    `application` wraps the product in more."""
    env = environment(folder, STATIC_STORAGE=STATIC_STORAGE, **settings)
    _prepare_demo(folder)
    with Server(env=env, name="web", application=application) as server:
        accounts = csv.DictReader((folder / "demo-accounts.csv").open(encoding="utf-8-sig"))
        server.passwords = {account["username"]: account["password"] for account in accounts}
        yield server
