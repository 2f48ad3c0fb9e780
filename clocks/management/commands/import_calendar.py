from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clocks import calendar_files
from clocks.calendar_actions import import_calendar
from common.errors import Refused


class Command(BaseCommand):
    help = "Fill the working-day calendar of a year from a CSV or JSON file, and set deadlines that waited for it."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file, **options):
        try:
            given = calendar_files.read(file.read_text(encoding="utf-8-sig"))
            done = import_calendar(file=given, source=file.name, actor=None, now=timezone.now())
        except (OSError, ValueError, Refused) as error:
            raise CommandError(f"{file}: not imported: {error}") from error
        self.stdout.write(f"{done.year}: {done.days} days, {done.recomputed} deadlines set anew")
