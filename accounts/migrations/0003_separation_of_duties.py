"""The database itself refuses one person in two administrators' chairs at the same time.

A later migration that alters accounts_appointment on SQLite rebuilds the table and loses its triggers: it
must run `create` again (tests/accounts/test_separation.py tells).
"""

from django.db import migrations

CHAIRS = "('sysadmin', 'secadmin', 'auditor')"
CLASH = f"""
    SELECT 1 FROM accounts_post mine, accounts_appointment held
    JOIN accounts_post other ON other.id = held.post_id
    WHERE mine.id = NEW.post_id AND held.person_id = NEW.person_id AND held.id <> {{new_id}}
      AND mine.kind IN {CHAIRS} AND other.kind IN {CHAIRS} AND other.kind <> mine.kind
      AND (NEW.valid_to IS NULL OR held.valid_from < NEW.valid_to)
      AND (held.valid_to IS NULL OR NEW.valid_from < held.valid_to)
"""
SENTENCE = "one person may not hold two of system administrator, security administrator and auditor"


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"""
            CREATE FUNCTION accounts_keep_duties_apart() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS ({CLASH.format(new_id="NEW.id")}) THEN
                    RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER accounts_appointment_separation BEFORE INSERT OR UPDATE ON accounts_appointment
            FOR EACH ROW EXECUTE FUNCTION accounts_keep_duties_apart();
        """)
        return
    for event in ("INSERT", "UPDATE"):
        schema_editor.execute(f"""
            CREATE TRIGGER accounts_appointment_separation_{event.lower()} BEFORE {event} ON accounts_appointment
            WHEN EXISTS ({CLASH.format(new_id="COALESCE(NEW.id, -1)")})
            BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END
        """)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER accounts_appointment_separation ON accounts_appointment")
        schema_editor.execute("DROP FUNCTION accounts_keep_duties_apart()")
        return
    for event in ("insert", "update"):
        schema_editor.execute(f"DROP TRIGGER accounts_appointment_separation_{event}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_sessions_and_sealed_phones")]
    operations = [migrations.RunPython(create, drop)]
