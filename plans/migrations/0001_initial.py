"""Plans and their versions; the statute's time limits are in force in every installation from here on."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from plans.lifecycle import seed


def fill_in_the_statute(apps, schema_editor):
    seed.fill(apps.get_model, now=timezone.now())


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('clocks', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan_id', models.CharField(max_length=80, unique=True)),
                ('title_zh', models.CharField(max_length=200)),
                ('title_en', models.CharField(blank=True, default='', max_length=200)),
                ('kind', models.CharField(choices=[('response', 'Response plan'), ('attendance', 'Attendance plan'), ('rules', 'Working rules'), ('statutory_overlay', 'Statutory time limits')], default='response', max_length=20)),
                ('owner_unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.unit')),
            ],
        ),
        migrations.CreateModel(
            name='PlanVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('ref', models.CharField(max_length=120, unique=True)),
                ('sha256', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('filed', 'Filed'), ('in_force', 'In force'), ('superseded', 'Superseded')], default='draft', max_length=12)),
                ('loaded_at', models.DateTimeField()),
                ('in_force_from', models.DateTimeField(blank=True, null=True)),
                ('in_force_to', models.DateTimeField(blank=True, null=True)),
                ('valid_from', models.DateField(blank=True, null=True)),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('place', models.CharField(blank=True, default='', max_length=200)),
                ('loaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='plans.plan')),
                ('reviewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('plan', 'version'), name='one_plan_version_per_number'),
                    models.UniqueConstraint(condition=models.Q(('state', 'in_force')), fields=('plan',), name='one_version_in_force_per_plan'),
                    models.CheckConstraint(condition=models.Q(models.Q(('in_force_from', None), ('in_force_to', None), ('state__in', ['draft', 'filed'])), models.Q(('in_force_from__isnull', False), ('in_force_to', None), ('state', 'in_force')), models.Q(('in_force_from__isnull', False), ('in_force_to__gte', models.F('in_force_from')), ('in_force_to__isnull', False), ('state', 'superseded')), _connector='OR'), name='plan_version_state_has_its_dates'),
                    models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='plan_version_days_are_in_order'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PlanText',
            fields=[
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='text', serialize=False, to='plans.planversion')),
                ('source', models.TextField()),
                ('document', models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name='PlanStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('filed', 'Filed'), ('in_force', 'In force'), ('superseded', 'Superseded')], max_length=12)),
                ('at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, default='', max_length=300)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='plans.planversion')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('version', 'state'), name='one_step_per_plan_state'),
                ],
            },
        ),
        migrations.RunPython(fill_in_the_statute, migrations.RunPython.noop),
    ]
