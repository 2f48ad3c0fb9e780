"""What was received or settled, and stands in a table of its own, is not kept a second time."""

from django.db import migrations, models
from django.db.models import Q

ENDED = ["received", "dropped"]


def let_texts_go(apps, schema_editor):
    rows = apps.get_model("exchange", "Outgoing").objects.filter(state__in=ENDED)
    rows.exclude(subject="").update(body="")


class Migration(migrations.Migration):
    dependencies = [("exchange", "0002_partner")]

    operations = [
        migrations.AlterField("outgoing", "body", models.TextField(blank=True)),
        migrations.AlterField("incoming", "title", models.CharField(blank=True, max_length=200)),
        migrations.RunPython(let_texts_go, migrations.RunPython.noop),
        migrations.AddConstraint(
            "outgoing",
            models.CheckConstraint(
                condition=Q(body="", state__in=ENDED) & ~Q(subject="")
                | ~Q(body="") & (Q(state__in=["queued", "refused"]) | Q(subject="")),
                name="a_text_goes_when_nothing_more_is_tried",
            ),
        ),
    ]
