"""Units, people, posts. The database itself refuses one person in two administrators' chairs at the same time.

A later migration that alters accounts_appointment, or a table its triggers ask, makes SQLite build that table anew
and lose them: it must run `drop_triggers` before and `create_triggers` after (tests/accounts/test_separation.py tells).
"""

import common.database.encrypted_fields
import common.text.codes
import common.database.paths
import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


CHAIRS = "('sysadmin', 'secadmin', 'auditor')"
CLASH = f"""
    SELECT 1 FROM accounts_post mine, accounts_appointment held
    JOIN accounts_post other ON other.id = held.post_id
    WHERE mine.id = NEW.post_id AND held.person_id = NEW.person_id AND held.id <> {{new_id}}
      AND mine.kind IN {CHAIRS} AND other.kind IN {CHAIRS} AND other.kind <> mine.kind
      AND (NEW.valid_to IS NULL OR held.valid_from < NEW.valid_to)
      AND (held.valid_to IS NULL OR NEW.valid_from < held.valid_to)
"""
SENTENCE = "one person may not hold two of system administrator, security administrator and auditor"


def create_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"""
            CREATE FUNCTION accounts_keep_duties_apart() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS ({CLASH.format(new_id="NEW.id")}) THEN
                    RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER accounts_appointment_separation BEFORE INSERT OR UPDATE ON accounts_appointment
            FOR EACH ROW EXECUTE FUNCTION accounts_keep_duties_apart();
        """)
        return
    for event in ("INSERT", "UPDATE"):
        schema_editor.execute(f"""
            CREATE TRIGGER accounts_appointment_separation_{event.lower()} BEFORE {event} ON accounts_appointment
            WHEN EXISTS ({CLASH.format(new_id="COALESCE(NEW.id, -1)")})
            BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END
        """)


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER accounts_appointment_separation ON accounts_appointment")
        schema_editor.execute("DROP FUNCTION accounts_keep_duties_apart()")
        return
    for event in ("insert", "update"):
        schema_editor.execute(f"DROP TRIGGER accounts_appointment_separation_{event}")


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', common.text.codes.UnitCodeField(max_length=40)),
                ('name', models.CharField(max_length=80)),
                ('name_en', models.CharField(blank=True, default='', max_length=120)),
                ('tier', models.CharField(choices=[('province', 'Province'), ('city', 'City'), ('county', 'County'), ('township', 'Township'), ('village', 'Village')], max_length=10)),
                ('path', common.database.paths.PathField(max_length=60, unique=True)),
                ('phone', models.CharField(blank=True, default='', max_length=30)),
                ('address', models.CharField(blank=True, default='', max_length=120)),
                ('valid_from', models.DateField(blank=True, null=True)),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='accounts.unit')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['parent'], name='accounts_un_parent__24f073_idx'),
                    models.Index(fields=['tier', 'path'], name='accounts_un_tier_3ae69d_idx'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('code',), name='one_open_unit_per_code'),
                    models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_from__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='unit_ends_after_it_starts'),
                    models.CheckConstraint(condition=models.Q(('code__fits', 'unit_code')), name='unit_code_fits_an_address'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('director', 'Director'), ('deputy_director', 'Deputy director'), ('duty_leader', 'Duty leader'), ('duty_officer', 'Duty officer'), ('petition_director', 'Head of the petition office'), ('office_head', 'Head of the judicial office'), ('clerk', 'Clerk'), ('informant', 'Informant'), ('squad', 'Squad member'), ('first_responder', 'First responder'), ('expert', 'Expert'), ('auditor', 'Auditor'), ('sysadmin', 'System administrator'), ('secadmin', 'Security administrator')], max_length=20)),
                ('squad', common.text.codes.SquadField(blank=True, default='', max_length=40)),
                ('title', models.CharField(max_length=60)),
                ('title_en', models.CharField(blank=True, default='', max_length=80)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='accounts.unit')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('unit', 'kind', 'squad', 'title'), name='one_post_per_title'),
                    models.CheckConstraint(condition=models.Q(('squad', ''), ('kind', 'squad'), _connector='OR'), name='only_squad_posts_name_a_squad'),
                    models.CheckConstraint(condition=models.Q(('squad', ''), ('squad__fits', 'squad'), _connector='OR'), name='squad_fits_an_address'),
                ],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('name', models.CharField(blank=True, default='', max_length=40)),
                ('phone', common.database.encrypted_fields.SealedField(blank=True, default='', max_length=120)),
                ('language', models.CharField(blank=True, default='', max_length=10)),
                ('password_changed_at', models.DateTimeField(blank=True, null=True)),
                ('one_time_until', models.DateTimeField(blank=True, null=True)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'abstract': False,
                'constraints': [
                    models.UniqueConstraint(django.db.models.functions.text.Lower('username'), name='one_account_per_username_whatever_the_case'),
                    models.CheckConstraint(condition=models.Q(('username__fits', 'username')), name='username_fits_an_address'),
                ],
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hash', models.CharField(max_length=64, unique=True)),
                ('note', models.CharField(blank=True, default='', max_length=80)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='FormerPassword',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hash', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former_passwords', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='NumberCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mark', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
                ('sent_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='number_code', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='OpenSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session_key', models.CharField(max_length=40, unique=True)),
                ('signed_in_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('address', models.CharField(blank=True, default='', max_length=45)),
                ('device', models.CharField(blank=True, default='', max_length=200)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='open_sessions', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('held_as', models.CharField(choices=[('holder', 'Holder'), ('deputy', 'Standing deputy'), ('delegate', 'Delegate')], default='holder', max_length=10)),
                ('valid_from', models.DateTimeField()),
                ('valid_to', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to=settings.AUTH_USER_MODEL)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='accounts.post')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['person', 'valid_from'], name='accounts_ap_person__e4dcbd_idx'),
                    models.Index(fields=['post', 'valid_from'], name='accounts_ap_post_id_35fa2b_idx'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='appointment_ends_after_it_starts'),
                    models.CheckConstraint(condition=models.Q(models.Q(('held_as', 'delegate'), _negated=True), models.Q(('valid_to__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='delegation_ends_and_has_a_reason'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Reform',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('olds', models.JSONField()),
                ('news', models.JSONField()),
                ('suffix', models.CharField(blank=True, default='', max_length=10)),
                ('reason', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('planned', 'planned'), ('done', 'carried out'), ('cancelled', 'cancelled'), ('failed', 'not possible on the day')], default='planned', max_length=10)),
                ('planned_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('note', models.CharField(blank=True, default='', max_length=400)),
                ('planned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [
                    models.Index(condition=models.Q(('state', 'planned')), fields=['day'], name='reform_planned'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_reform_has_a_reason'),
                    models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('state', 'planned')), models.Q(models.Q(('state', 'planned'), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='a_settled_reform_says_when'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Succession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('new', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='took_over', to='accounts.unit')),
                ('old', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='taken_over_by', to='accounts.unit')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('old', 'new'), name='one_succession_per_pair_of_units'),
                    models.CheckConstraint(condition=models.Q(('old', models.F('new')), _negated=True), name='no_unit_succeeds_itself'),
                ],
            },
        ),
        migrations.CreateModel(
            name='UsedCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.BigIntegerField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='used_codes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('user', 'step'), name='one_use_per_code'),
                ],
            },
        ),
        migrations.CreateModel(
            name='VerifiedNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mark', models.CharField(max_length=64)),
                ('proof', models.CharField(choices=[('code', 'a code sent there was typed in'), ('call', 'rung by hand, and the owner answered'), ('answer', 'a test notice was answered from there')], max_length=8)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='verified_numbers', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('person', 'mark'), name='one_proof_per_number'),
                ],
            },
        ),
        migrations.CreateModel(
            name='WrongTry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=100)),
                ('at', models.DateTimeField(db_index=True)),
            ],
            options={
                'indexes': [models.Index(fields=['key', 'at'], name='accounts_wr_key_27c096_idx')],
            },
        ),
        # Last: SQLite builds a table anew when it gets a check, and loses its triggers with it.
        migrations.RunPython(create_triggers, drop_triggers),
    ]
