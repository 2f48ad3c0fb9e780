from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.imports.units import UnitImport
from common.documents.table_files import Unreadable
from common.errors import Refused


class Command(BaseCommand):
    help = "Compare a table of units, CSV or XLSX (code,name,tier,parent_code) with the database; --apply writes it."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--apply", action="store_true", help="write; without it nothing is changed")

    def handle(self, *, file, apply, **options):
        if not file.is_file():
            raise CommandError(_("Nothing was imported: there is no file %(file)s.") % {"file": file})
        try:
            found = UnitImport(file)
        except (Unreadable, Refused) as reason:
            raise CommandError(_("Nothing was imported: %(reason)s") % {"reason": reason}) from None
        self._refuse_problems(file, found.diff)
        self._show(found.diff)
        if not apply:
            self.stdout.write(_("Nothing was written. Run it again with --apply."))
            return
        found.apply(actor=None, now=timezone.now())
        self.stdout.write(_("Written."))

    def _refuse_problems(self, file, diff):
        for problem in diff.problems:
            self.stderr.write(f"{file}:{problem.line}: {problem.text}")
        if diff.problem_count:
            raise CommandError(
                _(
                    "Nothing was imported: %(count)s lines are not in order. Correct the file, then run it again."
                )
                % {"count": diff.problem_count}
            )

    def _show(self, diff):
        for line in diff.listed:
            self.stdout.write(line)
        if diff.not_listed:
            self.stdout.write(_("… and %(count)s more") % {"count": diff.not_listed})
        tiers = ", ".join(f"{tier} {count}" for tier, count in diff.new.items()) or "0"
        self.stdout.write(
            _("New: %(new)s. Renamed: %(renamed)s. Unchanged: %(unchanged)s.")
            % {"new": tiers, "renamed": diff.changed["name"], "unchanged": diff.unchanged}
        )
