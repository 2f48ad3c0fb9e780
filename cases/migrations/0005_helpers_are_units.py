import re
from collections import Counter

from django.db import migrations


def name_helpers(apps, schema_editor):
    """What was typed as helping units becomes units where it is the code or the name of one alone; the text stays."""
    Matter, Unit = apps.get_model("cases", "Matter"), apps.get_model("accounts", "Unit")
    units = list(Unit.objects.order_by("pk"))
    named = Counter(unit.name for unit in units)
    found = {unit.code: unit for unit in units} | {unit.name: unit for unit in units if named[unit.name] == 1}
    for matter in Matter.objects.exclude(helpers=""):
        parts = re.split(r"[\s、，,；;]+", matter.helpers)
        matter.helper_units.add(*{found[part] for part in parts if part in found})


class Migration(migrations.Migration):

    dependencies = [("cases", "0004_leader_cases")]

    operations = [migrations.RunPython(name_helpers, migrations.RunPython.noop)]
