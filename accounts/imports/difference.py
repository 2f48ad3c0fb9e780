"""What an import would do, or did: line by line and field by field, whatever it is about."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

#: As many problems as are told at once; the rest is counted.
MOST_PROBLEMS = 50
#: As many changes as are listed; the rest is counted.
MOST_LISTED = 200


class Problem(NamedTuple):
    line: int
    text: str


class Field(NamedTuple):
    """One field that changes: its name, what it holds, what it would hold."""

    name: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.name}: {self.before or '–'} → {self.after or '–'}"


class Difference:
    """Collects what is wrong, what changes and what is left as it is."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.problem_count = 0
        #: What is new, by kind; fields that change, by name.
        self.new: Counter[str] = Counter()
        self.changed: Counter[str] = Counter()
        self.unchanged = 0
        self.ignored = 0
        self.listed: list[str] = []
        self.listed_count = 0

    def object_to(self, line: int, text: str) -> None:
        self.problem_count += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(line, text))

    def add_new(self, kind: str, text: str) -> None:
        self.new[kind] += 1
        self._list(f"+ {text}")

    def add_changes(self, who: str, fields: Iterable[Field]) -> None:
        for field in fields:
            self.changed[field.name] += 1
            self._list(f"~ {who}  {field}")

    def add_leaver(self, text: str) -> None:
        self._list(f"- {text}")

    def ignore(self, line: int, who: str, why: str) -> None:
        """A cell that changes nothing although it, or its being empty, differs from what is stored."""
        self.ignored += 1
        self._list(
            _("! line %(line)s, %(who)s: left as it is: %(why)s") % {"line": line, "who": who, "why": why}
        )

    def _list(self, text: str) -> None:
        self.listed_count += 1
        if len(self.listed) < MOST_LISTED:
            self.listed.append(text)

    @property
    def not_listed(self) -> int:
        return self.listed_count - len(self.listed)


def hash_of(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
