from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from engine import backups


class Command(BaseCommand):
    help = "Write a whole backup into a new folder, while everything runs."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder, **options):
        try:
            number = backups.make(folder, timezone.now())
        except (backups.BackupError, OSError) as error:
            raise CommandError(f"no backup was made: {error}") from error
        self.stdout.write(
            f"{folder}: journal up to number {number}. It holds the secret key: keep it as safe."
        )
