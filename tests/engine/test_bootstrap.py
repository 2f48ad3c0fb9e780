"""Whether there is anything to migrate is known from names, and is what Django would say."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from engine.server.bootstrap import _migrations_of, waiting_migrations

pytestmark = pytest.mark.django_db


def test_after_migrating_nothing_waits():
    assert waiting_migrations() == set()


def test_what_is_not_carried_out_waits():
    rows = MigrationRecorder(connection).migration_qs
    rows.filter(app="journal", name=rows.filter(app="journal").latest("pk").name).delete()

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    assert waiting_migrations() == {(one.app_label, one.name) for one, _backwards in plan} != set()


def test_every_migration_is_found_by_its_name():
    found = {pair for config in apps.get_app_configs() for pair in _migrations_of(config.label)}

    assert found == set(MigrationExecutor(connection).loader.disk_migrations)
