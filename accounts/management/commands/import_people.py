from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.imports import passwords_file
from accounts.imports.leavers import MOST_PERCENT
from accounts.imports.people import PeopleImport
from common.documents.table_files import Unreadable
from common.errors import Refused

HEADER = ("username", "name", "unit", "one_time_password", "good_until")


class Command(BaseCommand):
    help = (
        "Compare a table of people, CSV or XLSX (username,name,phone,unit_code,post_kind,post_title,squad,from,to) with the "
        "database; --apply writes it, with one-time passwords in a file of mode 0600."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--apply", action="store_true", help="write; without it nothing is changed")
        parser.add_argument("--days", type=int, default=14, help="how long the one-time passwords are good")
        parser.add_argument(
            "--passwords", type=Path, help="file for the one-time passwords; default: in DATA_DIR"
        )

        parser.add_argument(
            "--leavers",
            action="store_true",
            help="the file lists all staff: take account, sessions, tokens and posts from who is not on it",
        )
        parser.add_argument(
            "--keep", nargs="+", default=[], metavar="USERNAME", help="stay although not on the list"
        )
        parser.add_argument(
            "--most-leaving", type=int, default=MOST_PERCENT, metavar="PERCENT",
            help="of the open accounts; more is refused (default: %(default)s)",
        )  # fmt: skip

    def handle(self, *, file, apply, days, passwords, leavers, keep, most_leaving, **options):
        now = timezone.now()
        found = self._read(file, now, leavers, keep)
        self._refuse_problems(file, found.diff)
        self._show(found.diff)
        if found.leavers:
            self._show_leavers(found.leavers, most_leaving)
        if not apply:
            self.stdout.write(_("Nothing was written. Run it again with --apply."))
            return
        goal = passwords or Path(settings.DATA_DIR) / f"one-time-passwords-{localtime(now):%Y%m%d-%H%M%S}.csv"
        try:
            new = found.apply(
                actor=None, valid_for=timedelta(days=days), passwords_to=lambda people: _keep(goal, people)
            )
        except Refused as refusal:
            raise CommandError(" ".join([*getattr(refusal, "__notes__", ()), str(refusal)])) from None
        self.stdout.write(_("Written."))
        if new:
            self.stdout.write(
                _("%(count)s one-time passwords are in %(file)s. Hand them out, then delete the file.")
                % {"count": len(new), "file": goal}
            )

    def _show_leavers(self, leavers, most_leaving):
        self.stdout.write(
            _("Leaving: %(count)s of %(all)s accounts (%(percent)s %%).")
            % {"count": len(leavers.people), "all": leavers.accounts, "percent": leavers.percent}
        )
        try:
            leavers.check(most_leaving)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None

    def _read(self, file, now, leavers, keep):
        if not file.is_file():
            raise CommandError(_("Nothing was imported: there is no file %(file)s.") % {"file": file})
        try:
            return PeopleImport(file, now=now, leavers=leavers, kept=keep)
        except (Unreadable, Refused) as reason:
            raise CommandError(_("Nothing was imported: %(reason)s") % {"reason": reason}) from None

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
        fields = ", ".join(f"{name} {count}" for name, count in sorted(diff.changed.items())) or "0"
        self.stdout.write(
            _(
                "New accounts: %(accounts)s. Further posts: %(posts)s. Changed: %(changed)s. Left as they are: "
                "%(ignored)s. Unchanged: %(unchanged)s."
            )
            % {
                "accounts": diff.new["account"],
                "posts": diff.new["post"],
                "changed": fields,
                "ignored": diff.ignored,
                "unchanged": diff.unchanged,
            }
        )


def _keep(goal, people):
    if people:
        passwords_file.write(goal, HEADER, (
            (new.person.username, new.person.name, new.unit.name, new.password,
             f"{localtime(new.person.one_time_until):%Y-%m-%d %H:%M}")
            for new in people
        ))  # fmt: skip
