from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.access import tokens
from accounts.queries import user_named
from journal.keys import key
from journal.record import record


class Command(BaseCommand):
    help = "Make an API token for a person and print it once."

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--note", default="")

    def handle(self, *, username, note, **options):
        user = user_named(username)
        if user is None or not user.is_active:
            raise CommandError(f"No token was made: there is no active account {username!r}.")
        now = timezone.now()
        with transaction.atomic():
            token = tokens.issue(user=user, now=now, note=note)
            record("token.issued", subject=key("user", user.pk), actor=None, at=now, content={"note": note})
        self.stdout.write(token)
