from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.signing import signer
from engine.backup import backup_keys, backups


class Command(BaseCommand):
    help = "Write a whole backup into a new folder, while everything runs."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder, **options):
        try:
            made = backups.make(folder, timezone.now())
        except (backups.BackupError, OSError) as error:
            raise CommandError(f"no backup was made: {error}") from error
        self.stdout.write(f"{folder}: journal up to number {made.number}, signed by {signer()}. {_keys()}")
        self.stdout.write(f"Not in it, and needed: {'; '.join(made.elsewhere)}.")


def _keys() -> str:
    earlier = len(dict.fromkeys(backup_keys.here())) - 1
    keys = f"the secret key and {earlier} earlier one{'s'[: earlier != 1]}" if earlier else "the secret key"
    if settings.BACKUP_RECIPIENTS:
        return f"It holds {keys}, and is encrypted for {', '.join(settings.BACKUP_RECIPIENTS)}."
    return f"It holds {keys}: keep it as safe. It is NOT encrypted: no BACKUP_RECIPIENTS."
