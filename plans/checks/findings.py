"""What a check says about a plan: problems that stop the loading, and notes worth reading."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Problem(NamedTuple):
    """Something about a plan, at a line. A "problem" stops the loading, a "note" does not."""

    severity: str
    line: int
    path: str
    #: An English sentence with named placeholders; doors translate it before filling in `values`.
    sentence: str
    values: dict[str, Any]

    @property
    def message(self) -> str:
        return self.sentence % self.values


class Finding(NamedTuple):
    """A problem or note whose line is not yet looked up."""

    severity: str
    path: str
    sentence: str
    values: dict[str, Any]


def problem(path: str, sentence: str, **values: Any) -> Finding:
    return Finding("problem", path, sentence, values)


def note(path: str, sentence: str, **values: Any) -> Finding:
    return Finding("note", path, sentence, values)


class Vocabulary(NamedTuple):
    """The words of the product a plan may use. None = not checked."""

    kinds: frozenset[str] | None = None
    posts: frozenset[str] | None = None
    tiers: frozenset[str] | None = None
    effects: frozenset[str] | None = None
    #: Documents of statutory time limits that no plan may lengthen.
    statutes: tuple[Mapping[str, Any], ...] = ()
    #: Kinds of entries between which statutory clocks may run.
    matters: frozenset[str] | None = None


ANY_WORDS = Vocabulary()
