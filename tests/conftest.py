"""The cast, the clock, and databases that can be emptied although the journal cannot."""

import gc
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import TransactionTestCase

from accounts.access import rate
from accounts.models import Unit, User
from accounts.scope import reach_of
from clocks import rulebook
from dashboards.templatetags.board_inbox import INBOXES
from demo import bureau
from incidents.templatetags.incidents import CARDS
from journal.live.answers import SHARED
from notices.templatetags.notices import ROWS
from plans.checks import documents
from plans.lifecycle.actions import load_plan
from plans.lifecycle.models import PlanVersion
from tests import prepared
from tests.described import hold_against_description
from tests.journal.recording import watched
from tests.kept import Rows, checked_once, filled, kept, write
from tests.turns import leave_to_the_other
from works import running

pytest_plugins = [
    "tests.browsers",
    "tests.directories",
    "tests.gateways",
    "tests.identity_providers",
    "tests.wall_clock",
]

documents.check = checked_once

CITY = "cn-justice-city-petition-000"


#: Marks by which script/test picks the files of a step, without asking pytest to read all others.
STEPS = ("browser", "fault", "measured")


@pytest.hookimpl(tryfirst=True)  # before marks are chosen from
def pytest_collection_modifyitems(items, config):
    for item in items:
        if is_same_on_both(item):
            item.add_marker(pytest.mark.embedded_only)
        for name in STEPS:
            if item.get_closest_marker(name) and f"mark.{name}" not in _text_of(item.path):
                raise pytest.UsageError(
                    f"{item.nodeid}: `{name}` has to stand in the file, or script/test misses it"
                )
    leave_to_the_other(items, config, is_embedded=settings.EMBEDDED)


def pytest_collection_finish():
    """Modules and tests stay to the end: to look through them for garbage again and again took a twelfth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


def is_same_on_both(item: pytest.Item) -> bool:
    """Whether the other profile would run the very same lines: then a test runs on the embedded one alone.

    A test that asks for no database is let at none (pytest-django blocks it), and a browser asks its server by HTTP:
    neither can tell where the rows lie. Not so `fault`, which starts the processes of the profile, and the few that
    read its settings: these say `both_profiles`.
    """
    if item.get_closest_marker("browser"):
        return True
    asks = {"db", "transactional_db", "_django_db_helper"} & set(getattr(item, "fixturenames", ()))
    said = any(map(item.get_closest_marker, ("django_db", "fault", "production", "both_profiles")))
    return not asks and not said


@cache
def _text_of(file: Path) -> str:
    return file.read_text()


@pytest.fixture(scope="session")
def migrated_database(django_db_modify_db_settings):
    """The address at which the tests' database will be."""
    name = connection.creation._get_test_db_name()
    if connection.vendor != "postgresql":
        return f"sqlite:///{name}"
    here = connection.settings_dict
    return f"postgres://{here['USER']}:{here['PASSWORD']}@{here['HOST']}:{here['PORT']}/{name}"


@pytest.fixture(scope="session")
def django_db_keepdb(migrated_database, django_db_blocker):
    """Whether a copy of the migrated database could be laid in its place; Django then takes what is there."""
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
            name = connection.ops.quote_name(migrated_database.rpartition("/")[2])
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            if prepared.is_kept(migrated_database):
                cursor.execute(f"CREATE DATABASE {name}")
    return prepared.lay(migrated_database)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_keepdb, migrated_database, django_db_blocker):
    """At the end PostgreSQL drops the test database only if nobody is in it: a thread or a forked process of some
    test may still be on its way out."""
    if not django_db_keepdb:
        prepared.keep(migrated_database)
    with django_db_blocker.unblock():
        FILLED.extend(filled())
    yield
    if connection.vendor != "postgresql":
        return
    with django_db_blocker.unblock():
        connection.close()
        connection.close_pool()
        with connection._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000), state, query FROM pg_stat_activity WHERE datname = %s",
                [connection.settings_dict["NAME"]],
            )
            for _ended, state, query in cursor.fetchall():
                print(f"still in the test database: {state} {query[:300]}")


@pytest.fixture
def cast(db, now):
    """People by username: one city, two counties (county2 is the neighbour), two townships, one village each."""
    kept(("cast", now), lambda: bureau.build(now=now, counties=2, townships=2, villages=1))
    return {person.username: person for person in User.objects.order_by("pk")}


@pytest.fixture
def plan(cast, now):
    """The city plan, in force for everybody."""
    text = (settings.BASE_DIR / "plans/library/city-justice-bureau.yaml").read_text()
    kept(("plan", now), lambda: load_plan(text=text, actor=None, now=now, put_in_force=True))
    return PlanVersion.objects.select_related("plan", "text").get(plan__plan_id=CITY)


@pytest.fixture(autouse=True)
def _forget():
    """What a process keeps in memory is gone before the next test: its plan versions come under the same names, and its
    people have made none of the calls that were counted."""
    yield
    rate.forget()
    rulebook.forget()
    CARDS.forget()
    ROWS.forget()
    INBOXES.forget()
    SHARED.forget()
    running.ENDING.clear()  # an engine that ended in this process would keep its next long work from beginning


@pytest.fixture(autouse=True)
def _watched(request):
    """A test that stands for an act in tests/journal/recorded_by.py is seen to write it."""
    with watched(request.node.nodeid):
        yield


@pytest.fixture
def units(cast):
    """Units by code: C0, C1, C2, T11, V111, …"""
    return {unit.code: unit for unit in Unit.objects.all()}


@pytest.fixture
def reach(cast, now):
    """reach("county1.duty") → what that person may see and do now."""
    return lambda username, at=None: reach_of(cast[username], at or now)


# The bureau behind real processes, one database that only gets copied, for journeys and faults.


@pytest.fixture(scope="session")
def embedded_bureau(tmp_path_factory):
    from tests.installations import Bureau

    return Bureau(tmp_path_factory.mktemp("bureau"))


@pytest.fixture(scope="session")
def production_bureau(tmp_path_factory):
    from tests.installations import Bureau
    from tests.processes import Postgres, Redis

    folder = tmp_path_factory.mktemp("bureau")
    with Postgres(folder / "postgres") as postgres, Redis(folder / "redis") as redis:
        yield Bureau(folder / "prepared", postgres=postgres, redis=redis)


# These refuse DELETE and TRUNCATE, which is how transactional tests empty the database.
APPEND_ONLY = ("journal_entry", "drills_remark", "drills_rating")
#: What migrations wrote is there again afterwards: whoever takes over a neighbour's tests runs them in any order.
FILLED: list[Rows] = []
_empty = TransactionTestCase._fixture_teardown


def _leave_as_migrated(self):
    _empty_although_append_only(self)
    with transaction.atomic():
        write(FILLED)


def _empty_although_append_only(self):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in APPEND_ONLY:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            _empty(self)
            for table in APPEND_ONLY:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            return
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (%s, %s, %s)",
            APPEND_ONLY,
        )
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        _empty(self)
        for _name, sql in triggers:
            cursor.execute(sql)


TransactionTestCase._fixture_teardown = _leave_as_migrated


@pytest.fixture(scope="session", autouse=True)
def _as_described():
    """Each answer of the API is held against its description."""
    with pytest.MonkeyPatch.context() as patch:
        hold_against_description(patch)
        yield


@pytest.fixture
def never_told_to_wait(settings):
    """For tests that ask more addresses than one person may in a minute: 429 would be an answer that has tried nothing."""
    settings.API_REQUESTS_PER_MINUTE = 10**6
