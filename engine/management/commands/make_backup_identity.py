import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from engine.backup import sealing
from engine.backup.postgres_programs import BackupError


class Command(BaseCommand):
    help = (
        "Make a pair of keys for backups. Run it on a machine that is not the server, or move the file away at once: "
        "whoever has it can read every backup, and without it nobody can."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="where the private key goes; must be new")

    def handle(self, *, file, **options):
        try:
            private, public = sealing.new_identity()
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except (BackupError, OSError) as error:
            raise CommandError(f"no key was made: {error}") from error
        with os.fdopen(descriptor, "w", encoding="ascii") as output:
            output.write(f"# public key: {public}\n{private}\n")
        self.stdout.write(f"BACKUP_RECIPIENTS={public}")
        self.stderr.write(f"That line goes into .env on the server; {file} goes into the safe, twice.")
