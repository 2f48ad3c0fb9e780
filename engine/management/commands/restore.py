import json
import sys
from collections.abc import Sequence
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.signing import is_signer
from engine.backup import backups, destroyed_list, sealing
from engine.management.commands.destroy_again import said
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

        parser.add_argument(
            "--identity",
            metavar="FILE",
            help="private key of age that opens it; - reads it from the standard input and leaves it nowhere",
        )
        parser.add_argument(
            "--signer",
            action="append",
            default=[],
            help="another public key that may have signed it, as manage.py signer says it there",
        )
        parser.add_argument(
            "--unsigned", action="store_true", help="restore one from before backups were signed"
        )

        parser.add_argument("--report", type=Path, help="write what was found there, as JSON")

    def handle(self, *, folder, other_key, identity, signer, unsigned, report, **options):
        if wrong := [one for one in signer if not is_signer(one)]:
            raise CommandError(f"nothing was restored: {wrong[0]} is no public key (64 hexadecimal digits)")
        try:
            restored = backups.restore(
                folder,
                identities=_identities(identity),
                signers=signer,
                unsigned=unsigned,
                other_key=other_key,
            )
        except (backups.BackupError, OSError) as error:
            raise CommandError(f"nothing was restored: {error}") from error
        grant_application()
        verdict, number = restored.verdict, head()
        if report:
            report.write_text(json.dumps({"entries": verdict.checked, "number": number}), encoding="utf-8")
        if restored.known > number:
            self.stderr.write(
                f"entries {number + 1} to {restored.known} were written after this backup and are lost"
            )
        if restored.unbelieved:
            self.stderr.write(
                f"{restored.unbelieved} lines of destroyed.txt are not signed by a key we know, and nothing was destroyed for "
                "them. Name the key with --signer or in FORMER_SIGNERS and run destroy_again"
            )
        if destroyed_list.is_waiting():
            done = said(destroyed_list.carry_out(timezone.now()))
            again = ", ".join(done) or "nothing, it was not there"
            self.stderr.write(
                "personal data was destroyed after this backup; migrate destroys it again, and nothing serves before"
                if destroyed_list.is_waiting()
                else f"destroyed again, as certified after this backup: {again}. Have each certificate made anew"
            )
        if restored.unreadable:
            self.stderr.write(
                f"{restored.unreadable} sealed values cannot be read with the keys here: telephone numbers and second "
                "factors. Put the key they were sealed with into SECRET_KEY_FALLBACKS, or have them entered anew"
            )
        if restored.miscounted:
            differing = "; ".join(
                f"{table}: {expected}, here {there}"
                for table, (expected, there) in restored.miscounted.items()
            )
            raise CommandError(f"restored, but not all rows of the backup are there: {differing}")
        if verdict.broken is not None:
            raise CommandError(
                f"restored, but the journal is broken at number {verdict.broken}: {verdict.why}"
            )
        self.stdout.write(
            f"restored; journal whole: {verdict.checked} entries. Run migrate before you serve."
        )


def _identities(file: str | None) -> Sequence[str]:
    if file is None:
        return ()
    return sealing.keys_in(sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8"))
