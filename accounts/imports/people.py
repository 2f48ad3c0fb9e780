"""People and their posts from a CSV file: one line per person and post.

Whoever is new gets an account with a one-time password; who is known keeps theirs. Everything goes through
the same actions as on the pages, in one transaction: all of the file or nothing.
"""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from accounts.actions import appoint, post_in
from accounts.choices import PostKind
from accounts.forms import PHONE
from accounts.imports.table import encoding_of, rows
from accounts.imports.units import Diff, hash_of
from accounts.models import Appointment, Unit, User
from accounts.people.actions import open_person
from accounts.permissions import EXCLUSIVE
from common.errors import Refused
from journal.record import key, record

COLUMNS = ("username", "name", "phone", "unit_code", "post_kind", "post_title", "squad", "from", "to")
CHAIRS = set().union(*EXCLUSIVE)
_username_is_valid = UnicodeUsernameValidator()


class Line(NamedTuple):
    """One line that is in order: who is to hold what, from when to when."""

    number: int
    username: str
    name: str
    phone: str
    unit: Unit
    kind: str
    title: str
    squad: str
    valid_from: datetime | None
    valid_to: datetime | None


class NewPerson(NamedTuple):
    person: User
    password: str
    unit: Unit


class PeopleImport:
    """One file, compared with the database and, when `apply` is called, written into it."""

    def __init__(self, file: Path, *, now: datetime):
        self.file, self.now = file, now
        self.encoding = encoding_of(file)
        self.lines: list[Line] = []
        self.diff = Diff()
        self.known = {user.username: user for user in User.objects.all()}
        self._held = _posts_held(now)
        self._first: dict[str, Line] = {}
        self._seen: dict[tuple, int] = {}
        self._new: set[str] = set()
        self._read()

    # --- looking

    def _read(self) -> None:
        units = {
            unit.code: unit for unit in Unit.objects.filter(valid_to__isnull=True, code__in=self._codes())
        }
        for number, row in rows(self.file, columns=COLUMNS, encoding=self.encoding):
            objection = self._objection(row, units)
            if objection:
                self.diff.object_to(number, objection)
                continue
            line = self._line(number, row, units[row["unit_code"]])
            objection = self._clash(line)
            if objection:
                self.diff.object_to(number, objection)
                continue
            self._compare(line)

    def _codes(self) -> set[str]:
        return {row["unit_code"] for _n, row in rows(self.file, columns=COLUMNS, encoding=self.encoding)}

    def _objection(self, row: dict[str, str], units: dict[str, Unit]) -> str:
        """What is wrong with a line by itself; empty if nothing is."""
        if not row["username"] or not row["name"]:
            return _("username and name must not be empty")
        if len(row["username"]) > 60 or len(row["name"]) > 40 or len(row["post_title"]) > 60:
            return _(
                "username is longer than 60, name longer than 40 or post_title longer than 60 characters"
            )
        if not _passes(_username_is_valid, row["username"]):
            return _("username %(username)s has other characters than letters, digits and @ . + - _") % row
        if row["phone"] and not _passes(PHONE, row["phone"]):
            return _("phone %(phone)s is no telephone number") % row
        if row["unit_code"] not in units:
            return _("there is no open unit with the code %(unit_code)s") % row
        if row["post_kind"] not in PostKind.values:
            return _("post_kind %(kind)s is unknown; one of %(kinds)s") % {
                "kind": row["post_kind"] or "–", "kinds": ", ".join(PostKind.values)}  # fmt: skip
        if (row["post_kind"] == PostKind.SQUAD) != bool(row["squad"]):
            return _("squad must be given for squad posts, and only for them")
        return self._date_objection(row)

    def _date_objection(self, row: dict[str, str]) -> str:
        try:
            start, end = _day(row["from"]), _day(row["to"])
        except ValueError:
            return _("from and to are dates such as 2026-11-22, or empty")
        if end and end <= max(start or self.now, self.now):
            return _("to is not after from, or not in the future")
        return ""

    def _line(self, number: int, row: dict[str, str], unit: Unit) -> Line:
        return Line(
            number, row["username"], row["name"], row["phone"], unit, row["post_kind"], row["post_title"],
            row["squad"], _day(row["from"]), _day(row["to"]),
        )  # fmt: skip

    def _clash(self, line: Line) -> str:
        """What is wrong with a line beside the others and the database; empty if nothing is."""
        known, first = self.known.get(line.username), self._first.setdefault(line.username, line)
        if known and known.name != line.name:
            return _("username %(username)s belongs to %(name)s; one account is one person") % {
                "username": line.username, "name": known.name or "–"}  # fmt: skip
        if known and not known.is_active:
            return _("the account %(username)s is disabled") % {"username": line.username}
        if (first.name, first.phone) != (line.name, line.phone):
            return _("username %(username)s has another name or phone in line %(first)s") % {
                "username": line.username, "first": first.number}  # fmt: skip
        same = (line.username, line.unit.pk, line.kind, line.squad, line.title)
        if self._seen.setdefault(same, line.number) != line.number:
            return _("%(username)s has this post in line %(first)s already") % {
                "username": line.username, "first": self._seen[same]}  # fmt: skip
        if line.kind in CHAIRS and self._chairs(line.username) - {line.kind}:
            return _("%(username)s may not hold two of system administrator, security administrator and "
                     "auditor") % {"username": line.username}  # fmt: skip
        return ""

    def _chairs(self, username: str) -> set[str]:
        """Administrators' chairs of a person, in the database and in the lines before."""
        before = {line.kind for line in self.lines if line.username == username}
        held = {kind for _unit, kind, _squad, _title in self._held.get(username, ())}
        return (before | held) & CHAIRS

    def _compare(self, line: Line) -> None:
        if self._is_held(line):
            self.diff.unchanged += 1
            return
        is_new = line.username not in self.known and line.username not in self._new
        self._new.add(line.username)
        self.diff.new["account" if is_new else "post"] += 1
        sign = "+" if is_new else "~"
        self.diff.list(
            f"{sign} {line.username}  {line.name}  {line.unit.code}  {line.kind}  {line.title or line.squad}"
        )
        self.lines.append(line)

    def _is_held(self, line: Line) -> bool:
        return any(
            (line.unit.pk, line.kind, line.squad) == (unit, kind, squad) and line.title in ("", title)
            for unit, kind, squad, title in self._held.get(line.username, ())
        )

    # --- writing

    @transaction.atomic
    def apply(self, *, actor: User | None, valid_for: timedelta, passwords_to) -> list[NewPerson]:
        """Write it all or nothing. `passwords_to(new people)` keeps the one-time passwords before the commit:
        if they cannot be kept, nobody is created."""
        if self.diff.problem_count:
            raise ValueError("an import with problems is not applied")
        new = [made for line in self.lines if (made := self._write(line, actor, valid_for))]
        unit = Unit.objects.filter(parent__isnull=True, valid_to__isnull=True).order_by("path").first()
        record(
            "person.imported",
            subject=key("unit", unit.pk if unit else 0),
            unit=unit,
            actor=actor,
            at=self.now,
            content={"accounts": len(new), "posts": len(self.lines), "sha256": hash_of(self.file)},
        )
        passwords_to(new)
        return new

    def _write(self, line: Line, actor: User | None, valid_for: timedelta) -> NewPerson | None:
        made = None
        if line.username not in self.known:
            person, password = open_person(
                username=line.username, name=line.name, phone=line.phone, actor=actor, now=self.now,
                valid_for=valid_for,
            )  # fmt: skip
            self.known[line.username] = person
            made = NewPerson(person, password, line.unit)
        try:
            appoint(
                person=self.known[line.username],
                post=post_in(unit=line.unit, kind=line.kind, squad=line.squad, title=line.title),
                valid_from=line.valid_from,
                valid_to=line.valid_to,
                actor=actor,
                now=self.now,
            )
        except Refused as refusal:
            refusal.add_note(f"{self.file}:{line.number}")
            raise
        return made


def _posts_held(now: datetime) -> dict[str, list[tuple]]:
    """Username → (unit, kind, squad, title) of every post held now or to come."""
    held: dict[str, list[tuple]] = {}
    rows_ = Appointment.objects.current_or_coming(now).values_list(
        "person__username", "post__unit_id", "post__kind", "post__squad", "post__title"
    )
    for username, *post in rows_:
        held.setdefault(username, []).append(tuple(post))
    return held


def _day(text: str) -> datetime | None:
    """Midnight in Shanghai of "2026-11-22"; None for empty. Raises ValueError for anything else."""
    if not text:
        return None
    return datetime.combine(date.fromisoformat(text), time(), tzinfo=get_default_timezone())


def _passes(validator, text: str) -> bool:
    try:
        validator(text)
    except ValidationError:
        return False
    return True
