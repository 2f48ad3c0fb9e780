from django.db import migrations, models


def rank_signed(apps, _editor):
    """Incidents under a signed level get that level's rank in their plan."""
    incidents = apps.get_model("incidents", "Incident").objects
    texts = apps.get_model("plans", "PlanText").objects
    signed = incidents.exclude(level="").order_by("plan_id").values_list("plan_id", "level").distinct()
    for plan_id, level in list(signed):
        levels = texts.values_list("document", flat=True).get(version_id=plan_id).get("levels", ())
        rank = next((entry["rank"] for entry in levels if entry["id"] == level), 99)
        incidents.filter(plan_id=plan_id, level=level).update(signed_rank=rank)


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial"), ("plans", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="incident",
            name="signed_rank",
            field=models.PositiveSmallIntegerField(default=99),
        ),
        migrations.RunPython(rank_signed, migrations.RunPython.noop),
    ]
