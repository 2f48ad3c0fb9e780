"""Triggers: an entry is never changed or deleted; its number and hash are written once, from empty."""

from django.db import migrations

_KEPT = [
    "kind", "audience", "subject", "thread", "unit_id", "unit_path", "actor_id", "actor_name", "post",
    "at", "recorded_at", "level", "plan", "drill", "body",
]  # fmt: skip
_SAME_PG = " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in ["id", *_KEPT])
_SAME_SQLITE = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in ["id", *_KEPT])

POSTGRESQL = f"""
CREATE FUNCTION journal_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.number IS NULL AND NEW.number IS NOT NULL AND {_SAME_PG} THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER journal_entry_append_only BEFORE UPDATE OR DELETE ON journal_entry
  FOR EACH ROW EXECUTE FUNCTION journal_entry_guard();
CREATE TRIGGER journal_entry_no_truncate BEFORE TRUNCATE ON journal_entry
  FOR EACH STATEMENT EXECUTE FUNCTION journal_entry_guard();
"""
POSTGRESQL_BACK = """
DROP TRIGGER journal_entry_append_only ON journal_entry;
DROP TRIGGER journal_entry_no_truncate ON journal_entry;
DROP FUNCTION journal_entry_guard();
"""
SQLITE = [
    f"""
CREATE TRIGGER journal_entry_append_only BEFORE UPDATE ON journal_entry
WHEN NOT (OLD.number IS NULL AND NEW.number IS NOT NULL AND {_SAME_SQLITE})
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    """
CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
]
SQLITE_BACK = ["DROP TRIGGER journal_entry_append_only", "DROP TRIGGER journal_entry_no_delete"]


def forwards(apps, schema_editor):
    _run(schema_editor, [POSTGRESQL], SQLITE)


def backwards(apps, schema_editor):
    _run(schema_editor, [POSTGRESQL_BACK], SQLITE_BACK)


def _run(schema_editor, postgresql, sqlite):
    for statement in postgresql if schema_editor.connection.vendor == "postgresql" else sqlite:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
