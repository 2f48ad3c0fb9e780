from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.choices import PostKind
from accounts.models import Appointment, Unit
from accounts.people.actions import open_person, renew_first_password
from accounts.posts.actions import appoint_person, post_in
from common.errors import Refused

GOOD_FOR = timedelta(hours=24)


class Command(BaseCommand):
    help = (
        "Make the first security administrator, with a one-time password that is printed once and good for 24 "
        "hours. Import the units first; that administrator then opens all other accounts on the pages."
    )

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="the person's name; default: the username")

    def handle(self, *, username, name, **options):
        now = timezone.now()
        try:
            person, password = self._make(username, name or username, now)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(password)
        self.stderr.write(
            _(
                "%(person)s is security administrator. The password above is good until %(time)s, for choosing an own one."
            )
            % {"person": person, "time": f"{localtime(person.one_time_until):%Y-%m-%d %H:%M}"}
        )

    @transaction.atomic
    def _make(self, username, name, now):
        root = Unit.objects.filter(parent__isnull=True, valid_to__isnull=True).order_by("path").first()
        if root is None:
            raise CommandError(_("Nobody was made: there are no units yet. Run import_units first."))
        first = (
            Appointment.objects.current(now)
            .filter(post__kind=PostKind.SECADMIN, post__unit=root)
            .select_related("person")
            .order_by("pk")
            .first()
        )
        if first is not None:
            return self._renew(first.person, root, username, now)
        person, password = open_person(
            username=username, name=name, phone="", actor=None, now=now, valid_for=GOOD_FOR
        )
        post = post_in(unit=root, kind=PostKind.SECADMIN)
        appoint_person(person=person, post=post, actor=None, now=now)
        return person, password

    def _renew(self, person, root, username, now):
        """The first password ran out unused: make another one. A second administrator is not made here."""
        if person.username != username:
            raise CommandError(
                _(
                    "Nobody was made: %(unit)s has a security administrator (%(who)s), who opens further accounts."
                )
                % {"unit": root, "who": person.username}
            )
        password = renew_first_password(person_id=person.pk, now=now, valid_for=GOOD_FOR)
        person.refresh_from_db()
        return person, password
