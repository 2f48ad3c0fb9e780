"""With the application's own credentials, as deploy/postgres-role.sh makes them, the past cannot be changed."""

from contextlib import closing

import psycopg2
import psycopg2.errors
import pytest

from tests.installations import APPLICATION, BUREAU, OWNER
from tests.processes import manage

pytestmark = [pytest.mark.fault, pytest.mark.production, pytest.mark.control(28)]

REFUSED = [
    "ALTER TABLE journal_entry DISABLE TRIGGER USER",
    "ALTER TABLE journal_entry DISABLE TRIGGER journal_entry_append_only",
    "DROP TRIGGER journal_entry_append_only ON journal_entry",
    "DROP FUNCTION journal_entry_guard() CASCADE",
    "CREATE OR REPLACE FUNCTION journal_entry_guard() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "ALTER TABLE journal_entry ADD COLUMN more text",
    "ALTER TABLE journal_entry RENAME TO journal_old",
    "ALTER TABLE journal_entry OWNER TO dashboard",
    "CREATE RULE silent AS ON INSERT TO journal_entry DO INSTEAD NOTHING",
    "CREATE TABLE anything (id int)",
    "DROP TABLE journal_entry",
    "TRUNCATE journal_entry",
    "TRUNCATE journal_head",
    "DELETE FROM journal_entry",
    "DELETE FROM journal_head",
    "UPDATE journal_entry SET audience = 'security'",
    "UPDATE journal_entry SET body = ''",
    "UPDATE journal_entry SET number = number + 1",
    "UPDATE journal_entry SET hash = ''",
    "DELETE FROM django_migrations",
    "SET ROLE dashboard_owner",
    "SET session_replication_role = replica",
]


@pytest.fixture
def application(production_bureau):
    """A connection as the application, to a bureau with entries; nothing of it is kept."""
    with closing(psycopg2.connect(production_bureau.postgres.url_of(BUREAU, APPLICATION))) as connection:
        yield connection
        connection.rollback()


@pytest.mark.control(30)
@pytest.mark.parametrize("statement", REFUSED)
def test_the_application_cannot(application, statement):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), application.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.control(57)
def test_the_application_owns_nothing(application):
    with application.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM journal_entry WHERE number IS NOT NULL")
        assert cursor.fetchone()[0] > 0
        cursor.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchall() == [(OWNER,)]


def test_a_migration_gives_new_tables_their_rights_and_takes_what_was_given_beside(
    production_bureau, application
):
    postgres = production_bureau.postgres
    with closing(psycopg2.connect(postgres.url_of(BUREAU, OWNER))) as owner, owner, owner.cursor() as cursor:
        cursor.execute("CREATE TABLE made_later (id int)")
        cursor.execute("GRANT ALL ON journal_entry TO dashboard")
    try:
        env = {
            **production_bureau.env,
            "DATABASE_URL": postgres.url_of(BUREAU, APPLICATION),
            "MIGRATE_DATABASE_URL": postgres.url_of(BUREAU, OWNER),
        }
        manage("migrate", "--verbosity", "0", env=env)
        with application.cursor() as cursor:
            cursor.execute("INSERT INTO made_later VALUES (1)")
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute("DELETE FROM journal_entry")
    finally:
        application.rollback()
        with (
            closing(psycopg2.connect(postgres.url_of(BUREAU, OWNER))) as owner,
            owner,
            owner.cursor() as cursor,
        ):
            cursor.execute("DROP TABLE made_later")
