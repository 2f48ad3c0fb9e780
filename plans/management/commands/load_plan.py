"""Load a plan file as a version, and put it in force."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.queries import open_unit
from common.errors import Refused
from plans.lifecycle.actions import load_plan
from plans.management.commands.check_plan import read


class Command(BaseCommand):
    help = "Load a plan file and put it in force."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--unit", help="code of the unit it holds for; default: the whole bureau")
        parser.add_argument("--draft", action="store_true", help="store it without putting it in force")

    def handle(self, *args, file, unit, draft, **options):
        owner = open_unit(unit) if unit else None
        if unit and owner is None:
            raise CommandError(_("There is no open unit with the code %(code)s.") % {"code": unit})
        try:
            version = load_plan(
                text=read(file), actor=None, now=timezone.now(), owner=owner, put_in_force=not draft
            )
        except Refused as refused:
            for found in refused.extra.get("problems", ()):
                self.stderr.write(f"{file}:{found['line']}: {found['path'] or '/'}: {found['message']}")
            raise CommandError(str(refused)) from None
        self.stdout.write(
            _("%(ref)s is loaded: %(state)s.") % {"ref": version.ref, "state": version.get_state_display()}
        )
