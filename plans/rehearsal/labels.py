"""What a rehearsal found, in words: who signs, who is told, to whom it is reported, which squads."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts.models import Unit
from plans.people.holders import Signatory
from plans.rehearsal.outcome import Rehearsed


class OutcomeLabels(NamedTuple):
    """`signs` and `phoned` are empty where nobody holds such a post."""

    signs: str
    may_sign_too: list[str]
    told: str
    phoned: str
    reported_to: str
    squads: str


def labels_of(outcome: Rehearsed, unit: Unit | None) -> OutcomeLabels | None:
    """Without a unit the plan's roles stand for people. None where the plan proposed no level."""
    if outcome.actions is None:
        return None
    actions, seats = outcome.actions, [_seat(seat) for seat in outcome.seats]
    if unit is None:
        seats = [_display(role) for role in actions.signatories[:1]]
    return OutcomeLabels(
        signs=seats[0] if seats else "",
        may_sign_too=seats[1:],
        told=_told(actions),
        phoned=", ".join(str(holder.person) for holder in outcome.phoned),
        reported_to=_joined(outcome.report_to),
        squads=_joined(actions.squads),
    )


def _seat(seat: Signatory) -> str:
    people = ", ".join(str(holder.person) for holder in seat.holders)
    return f"{_display(seat.role)} · {seat.unit} · {people}"


def _told(actions) -> str:
    by_phone = [f"{_display(role)} – {pgettext('plan', 'by phone')}" for role in actions.phone]
    return " · ".join([_("command platform"), *by_phone] if actions.platform else by_phone)


def _joined(named: Iterable) -> str:
    return " · ".join(_display(one) for one in named)


def _display(one) -> str:
    """A role's or a squad's words in the reader's language."""
    return str(one.words.in_language(get_language()))
