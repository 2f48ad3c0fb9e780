"""People and their posts from a table: one line per person and post.

Whoever is new gets an account with a one-time password; who is known keeps theirs, and what the table says otherwise
about them is changed, field by field, as was shown. An empty cell changes nothing. Everything goes through the same
actions as on the pages, in one transaction: all of the file or nothing.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.imports import checks
from accounts.imports.columns import CHANGEABLE, PEOPLE, SHOWN
from accounts.imports.difference import Difference, Field, hash_of
from accounts.imports.leavers import Leavers
from accounts.imports.lines import ImportRow, line_of
from accounts.imports.terms import Held, held_now, next_term, same_post, terms_of
from accounts.models import Unit, User
from accounts.people.actions import correct_person, open_person, retire_person
from accounts.posts.actions import appoint_person, post_in, reschedule_appointment
from common.documents.table_files import Table
from common.errors import Refused
from journal.keys import key
from journal.record import record


class NewPerson(NamedTuple):
    person: User
    password: str
    unit: Unit


class PeopleImport:
    """One file, compared with the database and, when `apply` is called, written into it."""

    def __init__(self, file: Path, *, now: datetime, leavers: bool = False, kept: Collection[str] = ()):
        """`leavers`: the file is the list of all staff; who is neither on it nor in `kept` has left."""
        self.file, self.now = file, now
        self.table = Table(file, PEOPLE)
        self.diff = Difference()
        self.known = {user.username.casefold(): user for user in User.objects.all()}
        self.held = held_now(now)
        #: What is to be done: new posts, new dates of posts held, new details of accounts.
        self.appointing: list[ImportRow] = []
        self.rescheduling: list[tuple[ImportRow, Held, datetime | None]] = []
        self.correcting: dict[str, tuple[ImportRow, dict[str, str]]] = {}
        self._read()
        listed = {row.cells["username"] for row in self.table} if leavers else set()
        self.leavers = Leavers(listed=listed, kept=kept, now=now) if leavers else None
        for person in self.leaving:
            posts = ", ".join(held.as_text for held in self.held.get(person.username.casefold(), ()))
            self.diff.add_leaver(f"{person.username}  {person.name}  {posts}")

    @property
    def leaving(self) -> list[User]:
        return self.leavers.people if self.leavers else []

    # --- looking

    def _read(self) -> None:
        rows = list(self.table)
        codes = {row.cells["unit_code"] for row in rows}
        beside = checks.Beside(self.known, self.held)
        units = {u.code: u for u in Unit.objects.filter(valid_to__isnull=True, code__in=codes)}
        posts = checks.open_posts(units.values())
        for row in rows:
            objection = row.problem or checks.objection(row.cells, units, posts, self.now)
            line = None if objection else line_of(row, units[row.cells["unit_code"]])
            objection = objection or beside.objection(line)
            if objection:
                self.diff.object_to(row.number, objection)
            else:
                self._compare(line)

    def _compare(self, line: ImportRow) -> None:
        changes = self._changes_of_account(line)
        held = same_post(line, self.held.get(line.key, ()))
        if held is None:
            is_new = line.key not in self.known and line.key not in {one.key for one in self.appointing}
            self.diff.add_new("account" if is_new else "post", line.as_text)
            self.appointing.append(line)
            return
        terms = terms_of(line, held)
        following = next_term(held, self.held[line.key])
        if terms.changes and following and line.valid_to > following.valid_from:
            self.diff.object_to(
                line.number, _("to reaches into the next term of the same post: end it before that")
            )
            return
        if terms.why_ignored:
            self.diff.ignore(line.number, line.who, terms.why_ignored)
        if terms.changes:
            self.diff.add_changes(f"{line.who}  {held.as_text}", [Field("to", *terms.changes)])
            self.rescheduling.append((line, held, line.valid_to))
        if not changes and not terms.changes and not terms.why_ignored:
            self.diff.unchanged += 1

    def _changes_of_account(self, line: ImportRow) -> bool:
        """Note what the line says otherwise about an account that is there; once, however many posts it has."""
        person = self.known.get(line.key)
        if person is None or line.key in self.correcting:
            return False
        new = {name: line.details[name] for name in CHANGEABLE if line.details[name]}
        new = {name: text for name, text in new.items() if getattr(person, name) != text}
        if new:
            self.correcting[line.key] = (line, new)
            shown = [
                Field(name, SHOWN[name](getattr(person, name)), SHOWN[name](text))
                for name, text in new.items()
            ]
            self.diff.add_changes(line.who, shown)
        return bool(new)

    # --- writing

    @transaction.atomic
    def apply(self, *, actor: User | None, valid_for: timedelta, passwords_to) -> list[NewPerson]:
        """Write it all or nothing. `passwords_to(new people)` keeps the one-time passwords before the commit:
        if they cannot be kept, nobody is created."""
        if self.diff.problem_count:
            raise ValueError("an import with problems is not applied")
        for line, details in self.correcting.values():
            correct_person(person_id=self.known[line.key].pk, actor=actor, now=self.now, **details)
        for line, held, valid_to in self.rescheduling:
            self._at(line, reschedule_appointment, appointment_id=held.pk, valid_to=valid_to, actor=actor)
        new = [made for line in self.appointing if (made := self._appoint(line, actor, valid_for))]
        for person in self.leaving:
            why = _("not on the list of staff any more")
            retire_person(person_id=person.pk, actor=actor, reason=why, now=self.now)
        self._record(actor, new)
        passwords_to(new)
        return new

    def _appoint(self, line: ImportRow, actor: User | None, valid_for: timedelta) -> NewPerson | None:
        made = None
        if line.key not in self.known:
            person, password = open_person(
                username=line.username, name=line.name, actor=actor, now=self.now, valid_for=valid_for,
                **line.details,
            )  # fmt: skip
            self.known[line.key] = person
            made = NewPerson(person, password, line.unit)
        post = self._at(
            line, lambda now: post_in(unit=line.unit, kind=line.kind, squad=line.squad, title=line.title)
        )
        self._at(
            line, appoint_person, person=self.known[line.key], post=post, valid_from=line.valid_from,
            valid_to=line.valid_to, actor=actor,
        )  # fmt: skip
        return made

    def _at(self, line: ImportRow, action, **given):
        """Do it; a refusal names the line of the file."""
        try:
            return action(now=self.now, **given)
        except Refused as refusal:
            refusal.add_note(_("%(file)s, line %(line)s:") % {"file": self.file, "line": line.number})
            raise

    def _record(self, actor: User | None, new: list[NewPerson]) -> None:
        unit = Unit.objects.filter(parent__isnull=True, valid_to__isnull=True).order_by("path").first()
        content = {
            "accounts": len(new),
            "posts": len(self.appointing),
            "changed": len(self.correcting) + len(self.rescheduling),
            "left": len(self.leaving),
            "sha256": hash_of(self.file),
        }
        subject = key("unit", unit.pk if unit else 0)
        record("person.imported", subject=subject, unit=unit, actor=actor, at=self.now, content=content)
