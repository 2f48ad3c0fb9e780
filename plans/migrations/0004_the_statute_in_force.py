"""The statute's time limits are in force in every installation from here on."""

from django.db import migrations
from django.utils import timezone

from plans.lifecycle import seed


def fill(apps, _editor):
    seed.fill(apps.get_model, now=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("plans", "0003_plan_steps"), ("clocks", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
