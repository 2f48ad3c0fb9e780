"""How long the reasons to tell of a warning last. Asked before anything is sent, and by whoever ends one."""

from collections.abc import Sequence
from datetime import datetime

from early_warnings import rules
from early_warnings.choices import State
from early_warnings.models import EarlyWarning
from incidents.rules import OPEN
from journal.keys import pk_of
from notices.relevance import validity


def in_force(asked: set[int], now: datetime) -> set[int]:
    """Signed and in force: lifted or replaced by another one, it calls nobody any more."""
    rows = EarlyWarning.objects.filter(pk__in=asked, state__in=rules.STANDING)
    return set(rows.values_list("pk", flat=True))


while_in_force = validity.while_live(in_force)


def while_to_sign(rows: Sequence[validity.Told], now: datetime) -> dict[int, str]:
    """A signature is asked for until it is given or refused; each round asks anew ("warning.to_sign.2.C000-P1")."""
    return _while_in(State.PROPOSED, rows, part=2)


def while_returned(rows: Sequence[validity.Told], now: datetime) -> dict[int, str]:
    """What came back waits for its drafter ("warning.returned.1") while its incident is open."""
    return _while_in(State.RETURNED, rows, part=2)


def _while_in(state: str, rows: Sequence[validity.Told], *, part: int) -> dict[int, str]:
    asked = {pk_of(row.subject) for row in rows}
    found = EarlyWarning.objects.filter(pk__in=asked, state=state, incident__state__in=OPEN)
    rounds = dict(found.values_list("pk", "round"))
    return {
        row.pk: validity.OVER
        for row in rows
        if str(rounds.get(pk_of(row.subject))) != row.purpose.split(".")[part]
    }
