from django.db import migrations, models

#: States of a warning that bears a signature.
SIGNED = ("signed", "in_force", "adjusted", "lifted")


def remember_signed(apps, _editor):
    """Incidents keep the highest level that was signed for them, read from their warnings."""
    incidents = apps.get_model("incidents", "Incident").objects
    texts = apps.get_model("plans", "PlanText").objects
    warnings = apps.get_model("early_warnings", "EarlyWarning").objects.filter(state__in=SIGNED)
    highest = {}
    for pk, plan_id, level in warnings.values_list("incident_id", "plan_id", "level"):
        levels = texts.values_list("document", flat=True).get(version_id=plan_id).get("levels", ())
        rank = next((entry["rank"] for entry in levels if entry["id"] == level), 99)
        highest[pk] = min(highest.get(pk, (100, "")), (rank, level))
    for pk, (_rank, level) in highest.items():
        incidents.filter(pk=pk).update(highest_level=level)


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0002_the_rank_of_the_signed_level"),
        ("early_warnings", "0001_initial"),
        ("plans", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="incident",
            name="highest_level",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.RunPython(remember_signed, migrations.RunPython.noop),
    ]
