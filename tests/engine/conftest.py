"""Installations of their own for tests that start, kill and restore real processes."""

import shutil
from uuid import uuid4

import psycopg2
import pytest
from django.db import connection

from engine.background import jobs, run
from tests.forked import end_nursery
from tests.gateways import environment_of
from tests.processes import Postgres, environment, migrate


@pytest.fixture(autouse=True)
def _fresh_engine(settings, tmp_path):
    """No heartbeat of another test, and files of its own."""
    settings.DATA_DIR = tmp_path
    jobs._written.clear()
    run._failing.clear()


@pytest.fixture(scope="session")
def _postgres(tmp_path_factory):
    """A private server with one migrated database, to copy from."""
    with Postgres(tmp_path_factory.mktemp("postgres")) as postgres:
        url = postgres.create("migrated")
        migrate(environment(tmp_path_factory.mktemp("data"), DATABASE_URL=url))
        yield postgres


@pytest.fixture(scope="session")
def _migrated_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("migrated")
    migrate(environment(folder))
    return folder


@pytest.fixture
def bare_env(request, tmp_path):
    """The environment of a migrated installation without people, on the kind of database this run is about."""
    folder = tmp_path / "data"
    if connection.vendor != "postgresql":
        shutil.copytree(request.getfixturevalue("_migrated_folder"), folder)
        env = environment(folder, CRASH_POINTS="1")
    else:
        url = _new_database(request, "TEMPLATE migrated")
        env = environment(folder, CRASH_POINTS="1", DATABASE_URL=url)
    yield env
    end_nursery(env)


@pytest.fixture
def elsewhere(request, tmp_path):
    """The environment of another machine with nothing on it yet."""
    folder = tmp_path / "elsewhere"
    if connection.vendor != "postgresql":
        return environment(folder)
    return environment(folder, DATABASE_URL=_new_database(request, ""))


@pytest.fixture
def wired_gateway(bare_env, outer_gateway):
    """The gateway through which the processes of the installation send."""
    bare_env |= environment_of(outer_gateway, lease=1)
    return outer_gateway


def _new_database(request, how: str) -> str:
    postgres, name = request.getfixturevalue("_postgres"), f"i{uuid4().hex}"
    server = psycopg2.connect(postgres.url)
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} {how}")
    server.close()
    return postgres.url_of(name)
