"""Check a plan file: every problem and note with its line and path."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from plans.checks import documents, staffing
from plans.lifecycle.actions import finding_as_text, vocabulary_at


class Command(BaseCommand):
    help = "Check a plan file. Prints problems and notes; exits 1 if there is a problem."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *args, file, **options):
        checked = _checked(read(file))
        for problem in checked.problems:
            severity = (
                pgettext("check", "problem") if problem.severity == "problem" else pgettext("check", "note")
            )
            self.stdout.write(
                f"{file}:{problem.line}: {severity}: {problem.path or '/'}: {finding_as_text(problem)}"
            )
        if not checked.is_loadable:
            raise CommandError(_("The plan has problems and cannot be loaded."), returncode=1)
        self.stdout.write(_("The plan can be loaded."))


def _checked(text: bytes) -> documents.Checked:
    """Against this bureau's posts and statutes; before there is a database, the document alone."""
    try:
        return staffing.check_here(text, vocabulary_at(timezone.now()))
    except DatabaseError:
        return documents.check(text, vocabulary_at())


def read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(
            _("%(file)s cannot be read: %(why)s.") % {"file": file, "why": error.strerror}
        ) from None
