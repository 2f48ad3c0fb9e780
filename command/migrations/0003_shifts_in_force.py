"""Duties entered before rosters had drafts were in force; they stay so."""

from django.db import migrations


def put_in_force(apps, schema_editor):
    apps.get_model("command", "Shift").objects.filter(roster=None).update(in_force=True)


class Migration(migrations.Migration):
    dependencies = [("command", "0002_rosters")]

    operations = [migrations.RunPython(put_in_force, migrations.RunPython.noop)]
