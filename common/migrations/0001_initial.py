"""Numbers, answers given, rows set aside; and the table of the throttles' cache, which is no model."""

import django.db.models.deletion
from django.conf import settings
from django.core.management import call_command
from django.db import migrations, models


def create_cache_table(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Series',
            fields=[
                ('name', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('last', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='SetAside',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('loop', models.CharField(max_length=40)),
                ('row', models.CharField(max_length=80)),
                ('error', models.CharField(max_length=200)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('first_at', models.DateTimeField()),
                ('again_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('loop', 'row'), name='set_aside_once')],
            },
        ),
        migrations.CreateModel(
            name='GivenAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80)),
                ('fingerprint', models.CharField(max_length=64)),
                ('rights', models.CharField(default='', max_length=64)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('body', models.TextField(default='')),
                ('headers', models.JSONField(default=dict)),
                ('at', models.DateTimeField(db_index=True)),
                ('actor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('actor', 'key'), name='one_answer_per_key')],
            },
        ),
        migrations.RunPython(create_cache_table, migrations.RunPython.noop),
    ]
