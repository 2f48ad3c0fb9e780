"""The journal, and its triggers: an entry is never changed or deleted; its number and hash are written once, from empty.

A later migration that alters journal_entry makes SQLite build the table anew and lose the triggers: it must run
`drop_triggers` before and `create_triggers` after, or change the table by hand.
"""

import common.database.paths
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


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


def create_triggers(apps, schema_editor):
    _run(schema_editor, [POSTGRESQL], SQLITE)


def drop_triggers(apps, schema_editor):
    _run(schema_editor, [POSTGRESQL_BACK], SQLITE_BACK)


def _run(schema_editor, postgresql, sqlite):
    for statement in postgresql if schema_editor.connection.vendor == "postgresql" else sqlite:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Head',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField(default=0)),
                ('hash', models.CharField(default='', max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField(editable=False, null=True, unique=True)),
                ('kind', models.CharField(max_length=60)),
                ('audience', models.CharField(max_length=12)),
                ('subject', models.CharField(max_length=60)),
                ('thread', models.CharField(max_length=60)),
                ('unit_path', common.database.paths.PathField(blank=True, default='', max_length=60)),
                ('actor_name', models.CharField(blank=True, default='', max_length=80)),
                ('post', models.CharField(blank=True, default='', max_length=120)),
                ('at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('level', models.CharField(blank=True, default='', max_length=20)),
                ('plan', models.CharField(blank=True, default='', max_length=120)),
                ('drill', models.BooleanField(default=False)),
                ('body', models.TextField()),
                ('hash', models.CharField(blank=True, default='', max_length=64)),
                ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['thread', 'number'], name='journal_ent_thread_cfa93a_idx'), models.Index(fields=['subject', 'number'], name='journal_ent_subject_86cfea_idx'), models.Index(fields=['unit_path', 'number'], name='journal_ent_unit_pa_2caee7_idx'), models.Index(condition=models.Q(('number__isnull', True)), fields=['id'], name='journal_entry_unnumbered')],
            },
        ),
        migrations.RunPython(create_triggers, drop_triggers),
    ]
