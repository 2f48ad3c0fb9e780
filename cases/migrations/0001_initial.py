import common.database.paths
import datetime
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('incidents', '0001_initial'),
        ('zero_reports', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Demand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=60, unique=True)),
                ('origin', models.CharField(choices=[('counter', 'At the counter'), ('incident', 'At an incident'), ('matter', 'From a reported matter'), ('transfer', 'Transferred to us'), ('note', "By a leader's note")], max_length=8)),
                ('point', models.CharField(max_length=300)),
                ('kind', models.CharField(blank=True, default='', max_length=40)),
                ('unit_path', common.database.paths.PathField(max_length=60)),
                ('lead_path', common.database.paths.PathField(max_length=60)),
                ('office_number', models.CharField(blank=True, default='', max_length=60)),
                ('registered_at', models.DateTimeField()),
                ('receipt_number', models.CharField(blank=True, default='', max_length=60)),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('promised_days', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('promised_until', models.DateTimeField(blank=True, null=True)),
                ('promise_told', models.CharField(blank=True, choices=[('in_person', 'In person'), ('in_writing', 'In writing'), ('by_phone', 'By telephone'), ('by_post', 'By post'), ('online', 'Online')], default='', max_length=10)),
                ('promise_told_at', models.DateTimeField(blank=True, null=True)),
                ('due_at', models.DateTimeField(default=datetime.datetime(9999, 12, 31, 0, 0, tzinfo=datetime.timezone.utc))),
                ('replied_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('supported', 'Supported: founded in fact and law'), ('explained', 'Explained: reasonable, without a basis in law'), ('not_supported', 'Not supported: without a basis in fact, or against the law')], default='', max_length=13)),
                ('law', models.CharField(blank=True, default='', max_length=200)),
                ('reply_number', models.CharField(blank=True, default='', max_length=60)),
                ('delivered_at', models.DateTimeField(blank=True, null=True)),
                ('delivered_how', models.CharField(blank=True, choices=[('in_person', 'In person'), ('in_writing', 'In writing'), ('by_phone', 'By telephone'), ('by_post', 'By post'), ('online', 'Online')], default='', max_length=10)),
                ('signed', models.BooleanField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('rev', models.PositiveIntegerField(default=1)),
                ('incident', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='demands', to='incidents.incident')),
                ('lead_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.unit')),
                ('supporters', models.ManyToManyField(blank=True, related_name='+', to='accounts.unit')),
                ('transferred_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.unit')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.unit')),
            ],
        ),
        migrations.CreateModel(
            name='DemandStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(choices=[('register', 'Register'), ('assign', 'Lead and supporting units named'), ('receipt', 'Written notice given, accepted'), ('promise', 'Time limit promised'), ('contacted', 'Contacted and told the time limit'), ('first_response', 'First answer given'), ('progress_told', 'Progress told'), ('result_told', 'Result told'), ('followed', 'Followed up'), ('extend', 'Time limit extended'), ('pause', 'Time limit paused'), ('resume', 'Time limit goes on'), ('transfer', 'Transferred'), ('object', 'Objection to the transfer'), ('reply_issued', 'Reply issued'), ('deliver', 'Reply delivered'), ('statutory_step', 'Step of the statute'), ('close_demand', 'Demand closed')], max_length=14)),
                ('kind', models.CharField(blank=True, default='', max_length=60)),
                ('at', models.DateTimeField()),
                ('post', models.CharField(blank=True, default='', max_length=120)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('demand', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='cases.demand')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Matter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cadence', models.CharField(choices=[('daily', 'Daily'), ('weekly', 'Weekly')], max_length=6)),
                ('day', models.DateField()),
                ('number', models.CharField(max_length=60, unique=True)),
                ('unit_path', common.database.paths.PathField(max_length=60)),
                ('dispute_class', models.CharField(blank=True, default='', max_length=20)),
                ('count', models.PositiveIntegerField()),
                ('note', models.CharField(blank=True, default='', max_length=200)),
                ('state', models.CharField(choices=[('registered', 'Registered'), ('assigned', 'Assigned'), ('coordinated', 'Being coordinated'), ('followed', 'Being followed'), ('filed', 'Filed')], default='registered', max_length=12)),
                ('helpers', models.CharField(blank=True, default='', max_length=200)),
                ('due_date', models.DateField(blank=True, null=True)),
                ('registered_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('mediation_ended_at', models.DateTimeField(blank=True, null=True)),
                ('filed_at', models.DateTimeField(blank=True, null=True)),
                ('result', models.CharField(blank=True, default='', max_length=500)),
                ('file_number', models.CharField(blank=True, default='', max_length=60)),
                ('rev', models.PositiveIntegerField(default=1)),
                ('incident', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='matters', to='incidents.incident')),
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='matter', to='zero_reports.reportitem')),
                ('lead_unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.unit')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matters', to='accounts.unit')),
            ],
        ),
        migrations.AddField(
            model_name='demand',
            name='matter',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='demands', to='cases.matter'),
        ),
        migrations.CreateModel(
            name='MatterStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(choices=[('register', 'Register'), ('assign', 'Assign'), ('coordinate', 'Coordinate'), ('follow', 'Follow up'), ('file', 'File'), ('reopen', 'Take up again'), ('to_incident', 'Turn into an incident'), ('accept', 'Accept as a major or difficult dispute'), ('end_mediation', 'Mediation has ended'), ('demand', 'Taken on as a demand')], max_length=14)),
                ('at', models.DateTimeField()),
                ('post', models.CharField(blank=True, default='', max_length=120)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='cases.matter')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='OfficialForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=60, unique=True)),
                ('kind', models.CharField(choices=[('F1', 'F1 Statistics of dispute work'), ('F2', 'F2 Quick report of a major or difficult dispute'), ('F3', 'F3 Feedback on a major or difficult dispute'), ('F4', 'F4 Register of a major issue found'), ('F5', 'F5 Register of a major issue resolved'), ('F8', 'F8 Record of a supervision visit')], max_length=2)),
                ('unit_path', common.database.paths.PathField(max_length=60)),
                ('day', models.DateField()),
                ('fields', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('sent', 'Sent')], default='draft', max_length=6)),
                ('begun_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('post', models.CharField(blank=True, default='', max_length=120)),
                ('begun_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('matter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='forms', to='cases.matter')),
                ('sent_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='official_forms', to='accounts.unit')),
            ],
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(fields=['unit_path', 'state'], name='cases_matte_unit_pa_cf54df_idx'),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(fields=['cadence', 'day'], name='cases_matte_cadence_462199_idx'),
        ),
        migrations.AddConstraint(
            model_name='matter',
            constraint=models.CheckConstraint(condition=models.Q(('count__gte', 1)), name='a_matter_counts_something'),
        ),
        migrations.AddConstraint(
            model_name='matter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('filed_at__isnull', False), ('state', 'filed'), models.Q(('result', ''), _negated=True), models.Q(('file_number', ''), _negated=True)), models.Q(models.Q(('state', 'filed'), _negated=True), ('filed_at__isnull', True)), _connector='OR'), name='a_filed_matter_has_result_and_file'),
        ),
        migrations.AddConstraint(
            model_name='matter',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'registered'), ('lead_unit__isnull', False), _connector='OR'), name='an_assigned_matter_has_a_lead'),
        ),
        migrations.AddConstraint(
            model_name='matter',
            constraint=models.CheckConstraint(condition=models.Q(('mediation_ended_at__isnull', True), ('accepted_at__isnull', False), _connector='OR'), name='mediation_ends_after_acceptance'),
        ),
        migrations.AddIndex(
            model_name='demand',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['due_at', 'id'], name='demand_due'),
        ),
        migrations.AddIndex(
            model_name='demand',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['lead_path', 'due_at'], name='demand_due_by_lead'),
        ),
        migrations.AddIndex(
            model_name='demand',
            index=models.Index(fields=['unit_path'], name='demand_unit'),
        ),
        migrations.AddConstraint(
            model_name='demand',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('replied_at__isnull', True)), models.Q(('outcome__in', ['supported', 'explained', 'not_supported']), ('replied_at__isnull', False)), _connector='OR'), name='a_reply_has_an_outcome'),
        ),
        migrations.AddConstraint(
            model_name='demand',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'not_supported'), _negated=True), models.Q(('law', ''), _negated=True), _connector='OR'), name='what_is_not_supported_names_the_law'),
        ),
        migrations.AddConstraint(
            model_name='demand',
            constraint=models.CheckConstraint(condition=models.Q(('delivered_at__isnull', True), models.Q(('delivered_at__gte', models.F('replied_at')), ('replied_at__isnull', False), models.Q(('delivered_how', ''), _negated=True)), _connector='OR'), name='what_is_delivered_was_replied'),
        ),
        migrations.AddConstraint(
            model_name='demand',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), models.Q(('delivered_at__isnull', False), models.Q(('office_number', ''), _negated=True)), _connector='OR'), name='a_demand_closes_delivered_and_numbered'),
        ),
        migrations.AddConstraint(
            model_name='demand',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('promise_told', ''), ('promise_told_at__isnull', True), ('promised_days__isnull', True)), models.Q(('promise_told_at__isnull', False), ('promised_days__gte', 1), models.Q(('promise_told', ''), _negated=True)), _connector='OR'), name='a_promise_was_told'),
        ),
        migrations.AddConstraint(
            model_name='demand',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('origin', 'incident'), _negated=True), ('incident__isnull', False), _connector='OR'), name='a_demand_at_an_incident_names_it'),
        ),
        migrations.AddConstraint(
            model_name='demand',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('origin', 'matter'), _negated=True), ('matter__isnull', False), _connector='OR'), name='a_demand_of_a_matter_names_it'),
        ),
        migrations.AddIndex(
            model_name='officialform',
            index=models.Index(fields=['unit_path', 'kind', '-day'], name='cases_offic_unit_pa_10b469_idx'),
        ),
        migrations.AddConstraint(
            model_name='officialform',
            constraint=models.UniqueConstraint(condition=models.Q(('matter__isnull', False)), fields=('matter', 'kind'), name='one_form_per_matter_and_kind'),
        ),
        migrations.AddConstraint(
            model_name='officialform',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'F1')), fields=('unit', 'day'), name='one_statistics_form_per_month'),
        ),
        migrations.AddConstraint(
            model_name='officialform',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('sent_by__isnull', False), ('state', 'sent')), models.Q(('sent_at__isnull', True), ('sent_by__isnull', True), ('state', 'draft')), _connector='OR'), name='a_sent_form_has_time_and_person'),
        ),
    ]
