"""Which time limits of a plan the system watches, and why it does not watch the others yet.

A plan may say more than is built: its page then says so, beside the time limit and in the API. Nothing here knows a
plan or the id of a time limit: it follows from what can be recorded (journal.kinds), from what entries can start
(plans.document.clock_rules) and from what rooms above ask for (`ASKING`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.hooks import Hook
from journal.kinds import KINDS
from plans.document.clock_rules import runs
from plans.document.sections import ClockLine

#: Rooms above that see to some of what recurs: fn(line) → whether this one is asked for.
ASKING: Hook[Callable[[ClockLine], bool]] = Hook()


@dataclass(frozen=True, slots=True)
class Watch:
    """What the system does about a time limit: whether it counts it, and what it leaves out."""

    is_watched: bool
    #: Why not, or what is not taken into account; sentences in the reader's language.
    because: tuple[str, ...] = ()


def watch_of(line: ClockLine) -> Watch:
    """How far a time limit is watched. One that is only shown by its nature (a citizen's right) counts as watched."""
    missing = tuple(_missing(line))
    return Watch(not missing, missing)


def _missing(line: ClockLine) -> Iterator[str]:
    if line.display_only or any(asks(line) for asks in ASKING):
        return
    if not runs(line) and not line.extends:
        yield _("What recurs here is not asked for yet.")
    for name in dict.fromkeys((line.start, line.before, line.stop)):
        if runs(line) and name and KINDS[name].awaited:
            yield _("Nothing here records “%(step)s” yet.") % {"step": _said(name)}


def _said(name: str) -> str:
    kind = KINDS[name]
    return kind.en if (get_language() or "").startswith("en") else kind.zh
