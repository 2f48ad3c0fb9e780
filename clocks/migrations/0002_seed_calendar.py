"""Working days 2004–2026 from chinesecalendar, which follows the State Council's yearly notices."""

from django.db import migrations


def forwards(apps, schema_editor):
    from clocks import seed

    seed.fill(apps.get_model("clocks", "WorkCalendarDay"))


class Migration(migrations.Migration):
    dependencies = [("clocks", "0001_initial")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
