from django.core.management.base import BaseCommand, CommandError

from journal.verify import verify


class Command(BaseCommand):
    help = "Check the journal's numbers, hash chain and anchors; exit 1 and name the first broken number."

    def handle(self, **options):
        verdict = verify()
        if verdict.broken is not None:
            raise CommandError(f"journal broken at number {verdict.broken}: {verdict.why}")
        self.stdout.write(f"journal whole: {verdict.checked} entries")
