from datetime import UTC, datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from engine.backup import destroyed_list, nightly_backup


class Command(BaseCommand):
    help = (
        "Destroy again what was certified as destroyed and came back with an older database. A restore does it by itself; "
        "this is for one that was put back by other means, such as PostgreSQL's own."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--since",
            required=True,
            type=datetime.fromisoformat,
            help="the moment that the database is of, UTC",
        )
        parser.add_argument("--list", type=Path, help="a folder with another destroyed.txt")

    def handle(self, *, since, list, **options):
        since = since if since.tzinfo else since.replace(tzinfo=UTC)
        found = destroyed_list.read(list or nightly_backup.folder())
        if found.unbelieved:
            self.stderr.write(
                f"{found.unbelieved} lines are not signed by a key we know; FORMER_SIGNERS names others"
            )
        destroyed_list.put_down(one for one in found.lines if one.at >= since)
        done = destroyed_list.carry_out(timezone.now())
        if destroyed_list.is_waiting():
            raise CommandError("nothing was destroyed yet: run migrate, which does it")
        self.stdout.write(f"destroyed again: {', '.join(said(done)) or 'nothing, it was not there'}")


def said(done) -> list[str]:
    """ "XH-… (incident)" of each certificate."""
    return [
        f"{certificate} ({incident})"
        for certificate, incident in sorted({(one.certificate, one.incident) for one in done})
    ]
