import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from engine.backup import rehearsal
from engine.backup.postgres_programs import BackupError


class Command(BaseCommand):
    help = (
        "Restore the newest nightly backup into a scratch database, verify its journal from the beginning and count "
        "its rows, while everything runs. Nothing of the present data is touched. Leaves a page and a line on the "
        "page System."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, nargs="?", help="default: the newest nightly backup")
        parser.add_argument(
            "--identity", metavar="FILE", help="private key of age that opens it; - reads the standard input"
        )
        parser.add_argument(
            "--signer", action="append", default=[], help="another public key that may have signed it"
        )
        parser.add_argument(
            "--scratch-url", default="", help="an empty database; default: one is made and taken away"
        )

    def handle(self, *, folder, identity, signer, scratch_url, **options):
        try:
            text = sys.stdin.read() if identity == "-" else Path(identity).read_text() if identity else ""
            drill, page = rehearsal.rehearse(
                folder or rehearsal.newest(),
                identity=text,
                signers=signer,
                scratch_url=scratch_url,
                now=timezone.now(),
            )
        except (BackupError, OSError) as error:
            raise CommandError(f"nothing was rehearsed: {error}") from error
        self.stdout.write(page.read_text(encoding="utf-8"))
        self.stderr.write(str(page))
        if drill.fault:
            raise CommandError(f"{drill.backup} could not be restored: {drill.fault}")
