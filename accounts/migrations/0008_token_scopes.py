from django.db import migrations, models

#: What there was to be opened when scopes came: whoever had a token then had all of it, and a program that raises
#: alarms must not stop with an update. They end by themselves within a year.
EVERYTHING = (
    "alarms:write incidents:read incidents:write early_warnings:read early_warnings:write responses:read "
    "responses:write orders:read orders:write roll_calls:read roll_calls:write linkage:read linkage:write "
    "upward_reports:read upward_reports:write attendance:read attendance:write measures:read measures:write "
    "statements:read statements:write evidence:read evidence:write reviews:read reviews:write destruction:read "
    "destruction:write resources:read resources:write duty:read duty:write zero_reports:read zero_reports:write "
    "written_reports:read written_reports:write cases:read cases:write supervision:read supervision:write "
    "recusals:read recusals:write drills:read drills:write plans:read plans:write clocks:read notices:read "
    "notices:write statistics:read journal:read"
)


def keep_what_they_open(apps, schema_editor):
    apps.get_model("accounts", "ApiToken").objects.update(scopes=EVERYTHING)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_cards_seen'),
    ]

    operations = [
        migrations.AddField(
            model_name='apitoken',
            name='scopes',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='apitoken',
            name='used_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(keep_what_they_open, migrations.RunPython.noop),
    ]
