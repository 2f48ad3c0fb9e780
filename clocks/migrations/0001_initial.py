"""Clocks, and the working days 2004–2026 from chinesecalendar, which follows the State Council's yearly notices."""

import common.database.paths
import django.db.models.deletion
from django.db import migrations, models


def fill_calendar(apps, schema_editor):
    from clocks.working_days import seed

    seed.fill(apps.get_model("clocks", "WorkCalendarDay"))


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('journal', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='WorkCalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(unique=True)),
                ('is_workday', models.BooleanField()),
                ('source', models.CharField(max_length=80)),
                ('notice', models.CharField(blank=True, default='', max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='ClockRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan', models.CharField(max_length=120)),
                ('clock_id', models.CharField(max_length=60)),
                ('title_zh', models.CharField(max_length=120)),
                ('title_en', models.CharField(blank=True, default='', max_length=160)),
                ('duration', models.CharField(max_length=30)),
                ('role', models.CharField(blank=True, default='', max_length=200)),
                ('cite', models.CharField(blank=True, default='', max_length=120)),
                ('max_extension', models.CharField(blank=True, default='', max_length=30)),
                ('pausable', models.BooleanField(default=False)),
                ('warn_before', models.CharField(blank=True, default='', max_length=60)),
                ('effect', models.CharField(blank=True, default='', max_length=60)),
                ('origin', models.CharField(choices=[('source', 'From the plan'), ('proposal', 'Proposed figure')], default='source', max_length=10)),
                ('start_kind', models.CharField(blank=True, default='', max_length=60)),
                ('stop_kind', models.CharField(blank=True, default='', max_length=60)),
                ('when_level', models.CharField(blank=True, default='', max_length=60)),
                ('per', models.CharField(choices=[('subject', 'Each subject'), ('thread', 'Each incident')], default='subject', max_length=10)),
                ('before_kind', models.CharField(blank=True, default='', max_length=60)),
                ('recurs', models.BooleanField(default=False)),
                ('until_kind', models.CharField(blank=True, default='', max_length=60)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('plan', 'clock_id'), name='one_rule_per_plan_and_clock'), models.CheckConstraint(condition=models.Q(models.Q(('start_kind', ''), models.Q(('before_kind', ''), _negated=True)), models.Q(models.Q(('start_kind', ''), _negated=True), ('before_kind', '')), _connector='OR'), name='clock_rule_starts_or_counts_back')],
            },
        ),
        migrations.CreateModel(
            name='Clock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan', models.CharField(max_length=120)),
                ('clock_id', models.CharField(max_length=60)),
                ('title_zh', models.CharField(max_length=120)),
                ('title_en', models.CharField(blank=True, default='', max_length=160)),
                ('duration', models.CharField(max_length=30)),
                ('role', models.CharField(blank=True, default='', max_length=200)),
                ('cite', models.CharField(blank=True, default='', max_length=120)),
                ('max_extension', models.CharField(blank=True, default='', max_length=30)),
                ('pausable', models.BooleanField(default=False)),
                ('warn_before', models.CharField(blank=True, default='', max_length=60)),
                ('effect', models.CharField(blank=True, default='', max_length=60)),
                ('origin', models.CharField(choices=[('source', 'From the plan'), ('proposal', 'Proposed figure')], default='source', max_length=10)),
                ('subject', models.CharField(max_length=60)),
                ('thread', models.CharField(max_length=60)),
                ('unit_path', common.database.paths.PathField(blank=True, default='', max_length=60)),
                ('generation', models.PositiveSmallIntegerField(default=1)),
                ('drill', models.BooleanField(default=False)),
                ('started_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('provisional', models.BooleanField(default=False)),
                ('extended', models.PositiveSmallIntegerField(default=0)),
                ('paused_at', models.DateTimeField(blank=True, null=True)),
                ('pauses', models.JSONField(blank=True, default=list)),
                ('warn_due_at', models.DateTimeField(blank=True, null=True)),
                ('stopped_at', models.DateTimeField(blank=True, null=True)),
                ('breached_at', models.DateTimeField(blank=True, null=True)),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                ('cancel_reason', models.CharField(blank=True, default='', max_length=200)),
                ('effect_due_at', models.DateTimeField(blank=True, null=True)),
                ('tell_due_at', models.DateTimeField(blank=True, null=True)),
                ('told_at', models.DateTimeField(blank=True, null=True)),
                ('effect_tries', models.PositiveSmallIntegerField(default=0)),
                ('start_entry', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                ('stop_entry', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='journal.entry')),
                ('unit', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.unit')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('breached_at__isnull', True), models.Q(('stopped_at__isnull', True), ('stopped_at__gt', models.F('due_at')), _connector='OR'), models.Q(('cancelled_at__isnull', True), ('cancelled_at__gt', models.F('due_at')), _connector='OR')), fields=['due_at'], name='clock_unswept'), models.Index(condition=models.Q(('effect_due_at__isnull', False)), fields=['effect_due_at'], name='clock_effect_to_retry'), models.Index(condition=models.Q(('tell_due_at__isnull', False)), fields=['tell_due_at'], name='clock_to_tell_of'), models.Index(condition=models.Q(('warn_due_at__isnull', False)), fields=['warn_due_at'], name='clock_to_warn_of'), models.Index(condition=models.Q(('told_at__isnull', False)), fields=['id'], name='clock_told_of'), models.Index(fields=['thread'], name='clock_thread'), models.Index(condition=models.Q(('cancelled_at__isnull', True), ('stopped_at__isnull', True)), fields=['unit_path', 'due_at'], name='clock_running_by_unit'), models.Index(condition=models.Q(('provisional', True)), fields=['id'], name='clock_provisional')],
                'constraints': [models.UniqueConstraint(fields=('subject', 'clock_id', 'generation'), name='clock_generation_once'), models.UniqueConstraint(condition=models.Q(('cancelled_at__isnull', True), ('stopped_at__isnull', True)), fields=('subject', 'clock_id'), name='clock_runs_once_per_subject'), models.CheckConstraint(condition=models.Q(('stopped_at__isnull', True), ('cancelled_at__isnull', True), _connector='OR'), name='clock_stopped_or_cancelled'), models.CheckConstraint(condition=models.Q(('stopped_at__isnull', True), ('stopped_at__gte', models.F('started_at')), _connector='OR'), name='clock_stops_after_it_starts'), models.CheckConstraint(condition=models.Q(('due_at__isnull', True), ('provisional', False), _connector='OR'), name='clock_provisional_has_no_date'), models.CheckConstraint(condition=models.Q(('paused_at__isnull', True), models.Q(('due_at__isnull', True), ('provisional', False)), _connector='OR'), name='clock_paused_has_no_date'), models.CheckConstraint(condition=models.Q(('breached_at__isnull', True), ('due_at__isnull', False), _connector='OR'), name='clock_breached_has_a_deadline')],
            },
        ),
        migrations.RunPython(fill_calendar, migrations.RunPython.noop),
    ]
