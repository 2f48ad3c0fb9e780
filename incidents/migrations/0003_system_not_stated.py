"""A position whose system nobody stated has a value of its own; older ones keep what they were stored as."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0002_voice_notes")]

    operations = [
        migrations.AlterField(
            model_name="incident",
            name="crs",
            field=models.CharField(
                blank=True,
                choices=[
                    ("WGS84", "WGS84"),
                    ("CGCS2000", "CGCS2000"),
                    ("GCJ02", "GCJ-02"),
                    ("BD09", "BD-09"),
                    ("unknown", "Coordinate system not stated"),
                ],
                default="",
                max_length=10,
            ),
        )
    ]
