"""Two indexes less to write with every entry. By hand, because SQLite would build the table anew without its triggers."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def _without_index(name, to):
    return migrations.AlterField(
        model_name="entry",
        name=name,
        field=models.ForeignKey(
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to=to,
        ),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("journal", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "DROP INDEX journal_entry_actor_id_50c64a09",
                    "CREATE INDEX journal_entry_actor_id_50c64a09 ON journal_entry (actor_id)",
                ),
                migrations.RunSQL(
                    "DROP INDEX journal_entry_unit_id_7eb736d7",
                    "CREATE INDEX journal_entry_unit_id_7eb736d7 ON journal_entry (unit_id)",
                ),
            ],
            state_operations=[
                _without_index("actor", settings.AUTH_USER_MODEL),
                _without_index("unit", "accounts.unit"),
            ],
        )
    ]
