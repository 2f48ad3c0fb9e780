"""What an answer of the roster is made of."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from accounts.models import Unit, User
from notices.recipients import Recipient
from notices.rules import Escalation
from plans.document.sections import Role
from plans.document.words import Words
from plans.lifecycle.models import PlanVersion


class Way(NamedTuple):
    """One channel to one person: so long after the wave begins, and why it may not reach them."""

    channel: str
    after: timedelta
    #: A code of readiness.choices.Lack; empty: nothing is known against it.
    lack: str = ""


class Told(NamedTuple):
    person: User
    post: str
    ways: tuple[Way, ...]
    #: In whose place; empty in the first wave.
    instead_of: str = ""


class Broken(NamedTuple):
    """Where the chain breaks: a role, a channel or a person, and why."""

    #: A code of choices.Break.
    why: str
    about: Words | str = ""


class Wave(NamedTuple):
    moment: str
    what: str
    #: After the moment.
    after: timedelta
    people: tuple[Told, ...]
    breaks: tuple[Broken, ...] = ()


class Answer(NamedTuple):
    version: PlanVersion
    unit: Unit
    level: str
    at: datetime
    waves: tuple[Wave, ...]
    #: Authorities outside: they are told by an upward report.
    outside: tuple[Role, ...] = ()
    #: Each person must confirm; otherwise one ear is enough.
    needs_each: bool = False

    @property
    def breaks(self) -> list[Broken]:
        return list(dict.fromkeys(broken for wave in self.waves for broken in wave.breaks))


class Call(NamedTuple):
    """People to be told of one thing, as it is handed to the outbox."""

    moment: str
    people: Sequence[Recipient]
    channels: Sequence[str]
    escalation: Escalation
    #: The roles behind them, to find those that nobody fills.
    roles: Sequence[Role] = ()
