from django.core.management.base import BaseCommand

from common.signing import signer


class Command(BaseCommand):
    help = (
        "Say with which public key this installation signs its backups. Write it down and keep it with .env: "
        "a new machine asks for it (restore --signer)."
    )
    requires_migrations_checks = False

    def handle(self, **options):
        self.stdout.write(signer())
