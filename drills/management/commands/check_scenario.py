"""Check a scenario file: every problem and note with its line and path."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from drills.scenarios.library import check_here
from plans.lifecycle.actions import finding_as_text


class Command(BaseCommand):
    help = "Check a scenario file. Prints problems and notes; exits 1 if there is a problem."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *args, file, **options):
        try:
            checked = check_here(file.read_bytes())
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be read: %(why)s.") % {"file": file, "why": error.strerror}
            ) from None
        for problem in checked.problems:
            severity = (
                pgettext("check", "problem") if problem.severity == "problem" else pgettext("check", "note")
            )
            self.stdout.write(
                f"{file}:{problem.line}: {severity}: {problem.path or '/'}: {finding_as_text(problem)}"
            )
        if not checked.is_playable:
            raise CommandError(_("The scenario has problems and cannot be played."), returncode=1)
        self.stdout.write(_("The scenario can be played."))
