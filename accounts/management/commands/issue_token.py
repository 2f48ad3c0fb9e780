from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.queries import user_named
from accounts.tokens import scopes as table
from accounts.tokens.actions import LONGEST, make_token
from common.errors import Invalid


class Command(BaseCommand):
    help = "Make an API token for a person and print it once."

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--note", default="")
        parser.add_argument(
            "--days", type=int, required=True, help=f"until when it is good, at most {LONGEST.days}"
        )
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--scope", action="append", dest="scopes", metavar="SUBJECT:ACT", help="what it opens; repeat it"
        )
        what.add_argument("--every-scope", action="store_true", help="all that its person may")

    def handle(self, *, username, note, days, scopes, every_scope, **options):
        user = user_named(username)
        if user is None or not user.is_active:
            raise CommandError(f"No token was made: there is no active account {username!r}.")
        now = timezone.now()
        wanted = table.every_scope() if every_scope else scopes
        try:
            _token, secret = make_token(
                user=user, actor=None, note=note, scopes=wanted, until=now + timedelta(days=days), now=now
            )
        except Invalid as refusal:
            raise CommandError(f"{refusal} Scopes: {', '.join(table.every_scope())}") from None
        self.stdout.write(secret)
