from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from journal.verify import verify


class Command(BaseCommand):
    help = "Check the journal's numbers, hash chain and anchors; exit 1 and name the first broken number."

    def add_arguments(self, parser):
        parser.add_argument(
            "--anchors",
            type=Path,
            metavar="FILE",
            help="a copy of journal-anchors.txt that another machine kept, to be held against the journal",
        )

    def handle(self, *, anchors, **options):
        if anchors and not anchors.is_file():
            raise CommandError(f"nothing was verified: {anchors} is not there")
        verdict = verify(copy=anchors)
        if verdict.broken is not None:
            raise CommandError(f"journal broken at number {verdict.broken}: {verdict.why}")
        self.stdout.write(f"journal whole: {verdict.checked} entries")
