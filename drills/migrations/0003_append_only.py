"""What evaluators wrote stays as they wrote it: a remark or a rating is never changed or deleted.

A later migration that alters one of the two tables makes SQLite build it anew and lose the triggers: it must run
`drop_triggers` before and `create_triggers` after.
"""

from django.db import migrations

TABLES = ("drills_remark", "drills_rating")

POSTGRESQL = """
CREATE FUNCTION drills_evaluation_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what evaluators wrote is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
"""
POSTGRESQL_EACH = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION drills_evaluation_guard();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION drills_evaluation_guard();
"""
SQLITE_EACH = """
CREATE TRIGGER {table}_{name} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'what evaluators wrote is append-only'); END"""
SQLITE_VERBS = {"append_only": "UPDATE", "no_delete": "DELETE"}


def create_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL, params=None)
        for table in TABLES:
            schema_editor.execute(POSTGRESQL_EACH.format(table=table), params=None)
        return
    for table in TABLES:
        for name, verb in SQLITE_VERBS.items():
            schema_editor.execute(SQLITE_EACH.format(table=table, name=name, verb=verb), params=None)


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            for name in ("append_only", "no_truncate"):
                schema_editor.execute(f"DROP TRIGGER {table}_{name} ON {table}", params=None)
        schema_editor.execute("DROP FUNCTION drills_evaluation_guard()", params=None)
        return
    for table in TABLES:
        for name in SQLITE_VERBS:
            schema_editor.execute(f"DROP TRIGGER {table}_{name}", params=None)


class Migration(migrations.Migration):
    dependencies = [("drills", "0002_orders_of_a_centre")]

    operations = [migrations.RunPython(create_triggers, drop_triggers)]
