"""The kinds of long works. The rooms above register theirs in their `hooks.py`; a row names its kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, NamedTuple, Protocol

from accounts.scope import Reach
from accounts.tokens.scopes import READ
from common.hooks import NamedHook


class Stopped(Exception):
    """The work is to end at this step: it was taken back, somebody else has it, or the process ends."""


class Report(Protocol):
    """Say how far it is: cheap, at every step. Raises Stopped where the work is to end."""

    def __call__(self, done: int, total: int = 0, phrase: str = "") -> None: ...


@dataclass(frozen=True, slots=True)
class Task:
    """What a kind is given to do."""

    arguments: Mapping[str, Any]
    #: The lines of a table that are to be carried out, as they were given to `ask_for_work`; none for what makes a file.
    lines: Any
    #: Who asked, as of the beginning; None: the night.
    reach: Reach | None
    now: datetime
    #: When it was handed in.
    asked_at: datetime
    report: Report
    #: For the result: empty, for the service's own account alone.
    file: BinaryIO


class Result(NamedTuple):
    """What came of it. Without a name there is nothing to download."""

    name: str = ""
    content_type: str = ""
    #: A name among the phrases of the kind.
    phrase: str = ""
    #: The file is read by the page of the kind, and fetched by nobody.
    is_for_page: bool = False

    @property
    def has_file(self) -> bool:
        return bool(self.name) or self.is_for_page


class Kind(NamedTuple):
    #: What it is, in the reader's language.
    label: Any
    #: What this one is about, from its arguments: "SJ-2026-1".
    about: Callable[[Mapping[str, Any]], str]
    #: Raises where this person may not have it: looked at when it is asked for, begun, and at each download.
    check: Callable[[Reach, Mapping[str, Any]], None]
    #: Steps that may be done again from the beginning at any time.
    do: Callable[[Task], Result]
    #: Name → what is done, or came of it; may name %(done)d and %(total)d.
    phrases: Mapping[str, Any] = {}
    #: What stays of one that was taken back after its first step; may name %(done)d and %(total)d. Empty: nothing.
    left_behind: Any = ""
    #: The same of one that was not done, where nobody knows how far it came. Empty: nothing stays.
    stays: Any = ""
    #: Name of the page that shows the result, with the key of the work.
    page: str = ""
    #: Subject of `accounts.tokens.scopes` that the file belongs to. Empty: no token fetches it.
    subject: str = ""
    #: The button for whoever may have it, on the page of all works; only for a kind without arguments.
    button: Any = ""


KINDS: NamedHook[Kind] = NamedHook()


def scope_of(name: str) -> str | None:
    """What a token has to open before it fetches the file of a work of that kind; None: no token does."""
    subject = KINDS[name].subject if name in KINDS else ""
    return f"{subject}:{READ}" if subject else None
