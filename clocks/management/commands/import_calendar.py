from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from clocks.working_days import calendar_files
from clocks.working_days.calendar_actions import import_calendar
from clocks.working_days.calendar_changes import DayChange, changes_of
from clocks.working_days.calendar_files import Day
from common.errors import Refused


class Command(BaseCommand):
    help = (
        "Bring the working days of a year from a CSV, XLSX or JSON file, and set deadlines that waited for them. What "
        "would change days that are there already is shown first; --apply writes it."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--apply", action="store_true", help="write, also over days that are there already"
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help="the file is the whole truth for its year: days it does not list go back to their day of the week",
        )

    def handle(self, *, file, apply, replace, **options):
        try:
            given = calendar_files.read(file)
            found = changes_of(given, replace=replace)
            changed = [change for change in found if not change.is_new]
            self._show(changed)
            if changed and not apply:
                self._say_how_to_go_on(changed)
                return
            done = import_calendar(
                file=given, source=file.name, actor=None, now=timezone.now(), replace=replace
            )
        except (OSError, ValueError, Refused) as error:
            raise CommandError(
                _("%(file)s was not imported: %(error)s") % {"file": file, "error": error}
            ) from error
        self.stdout.write(
            _(
                "%(year)s: %(days)s days written, %(changed)s of them changed; %(deadlines)s deadlines set anew."
            )
            % {"year": done.year, "days": done.days, "changed": len(changed), "deadlines": done.recomputed}
        )

    def _show(self, changed: list[DayChange]) -> None:
        for before, after in changed:
            self.stdout.write(f"~ {after.date}  {_said(before)} → {_said(after)}")

    def _say_how_to_go_on(self, changed: list[DayChange]) -> None:
        self.stdout.write(
            _(
                "Nothing was written: %(count)s days that are there already would change. If that is right, run it again "
                "with --apply."
            )
            % {"count": len(changed)}
        )


def _said(day: Day) -> str:
    return " ".join(
        part for part in (_("working day") if day.is_workday else _("off work"), day.notice) if part
    )
