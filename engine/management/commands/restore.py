from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from engine.backup import backups
from engine.rights import grant_application
from journal.numbering import head


class Command(BaseCommand):
    help = (
        "Put a backup in the place of the present data, then check the journal. Stop the server and the engines "
        "first. What was here before is replaced."
    )
    # The schema here is about to be replaced by the backup's.
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--other-key",
            action="store_true",
            help="restore although this SECRET_KEY cannot read the backup's telephone numbers and second factors",
        )

    def handle(self, *, folder, other_key, **options):
        try:
            restored = backups.restore(folder, other_key=other_key)
        except (backups.BackupError, OSError) as error:
            raise CommandError(f"nothing was restored: {error}") from error
        grant_application()
        verdict, number = restored.verdict, head()
        if restored.known > number:
            self.stderr.write(
                f"entries {number + 1} to {restored.known} were written after this backup and are lost"
            )
        if restored.unreadable:
            self.stderr.write(
                f"{restored.unreadable} sealed values cannot be read with the keys here: telephone numbers and second "
                "factors. Put the key they were sealed with into SECRET_KEY_FALLBACKS, or have them entered anew"
            )
        if verdict.broken is not None:
            raise CommandError(
                f"restored, but the journal is broken at number {verdict.broken}: {verdict.why}"
            )
        self.stdout.write(
            f"restored; journal whole: {verdict.checked} entries. Run migrate before you serve."
        )
