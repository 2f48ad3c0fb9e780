from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from engine.backup import backup_keys, backups


class Command(BaseCommand):
    help = "Write a whole backup into a new folder, while everything runs."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder, **options):
        try:
            number = backups.make(folder, timezone.now())
        except (backups.BackupError, OSError) as error:
            raise CommandError(f"no backup was made: {error}") from error
        earlier = len(backup_keys.read(folder)) - 1
        keys = (
            f"the secret key and {earlier} earlier one{'s'[: earlier != 1]}" if earlier else "the secret key"
        )
        self.stdout.write(f"{folder}: journal up to number {number}. It holds {keys}: keep it as safe.")
