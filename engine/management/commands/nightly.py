from django.core.management.base import BaseCommand
from django.utils import timezone

from engine.background import nightly
from engine.monitoring.queries import sentence_for


class Command(BaseCommand):
    help = (
        "Do the nightly jobs now: verify the whole journal, make a backup, look for what expires. They are done every "
        "night by themselves; this is for the impatient."
    )

    def add_arguments(self, parser):
        parser.add_argument("jobs", nargs="*", choices=[*nightly.JOBS, []], help="default: all")

    def handle(self, *, jobs, **options):
        found = [wrong for name in jobs or nightly.JOBS for wrong in nightly.run(name, timezone.now())]
        for code, detail in found:
            self.stderr.write(f"{code}: {sentence_for(code)} ({detail})")
        if found:
            raise SystemExit(1)
        self.stdout.write(f"done, nothing wrong: {', '.join(jobs or nightly.JOBS)}")
