"""How long the reasons to tell of rosters and duties last. Asked before anything is sent, and by whoever ends one."""

from collections.abc import Sequence
from datetime import datetime

from common.dates.local_time import day_of
from journal.keys import pk_of
from notices.relevance import validity
from rosters.choices import RosterState
from rosters.models import Roster, Shift, Swap


def rosters_ahead(asked: set[int], now: datetime) -> set[int]:
    today = day_of(now)
    rows = Roster.objects.filter(pk__in=asked, state=RosterState.PUBLISHED, last_day__gte=today)
    return set(rows.values_list("pk", flat=True))


def shifts_not_over(asked: set[int], now: datetime) -> set[int]:
    """A duty that has passed rings nobody, changed or not confirmed."""
    return set(Shift.objects.filter(pk__in=asked, ends_at__gt=now).values_list("pk", flat=True))


def while_swap_stands(rows: Sequence[validity.Told], now: datetime) -> dict[int, str]:
    """ "swap.accepted" asks for the leader's word until it is given; how a swap ended stays news."""
    asked = {pk_of(row.subject) for row in rows}
    states = dict(Swap.objects.filter(pk__in=asked).values_list("pk", "state"))
    return {
        row.pk: validity.OVER
        for row in rows
        if states.get(pk_of(row.subject)) != row.purpose.rpartition(".")[2]
    }


#: Purpose → what says how long it lasts.
LASTING: dict[str, validity.Check] = {
    "roster.published": validity.while_live(rosters_ahead),
    "shift.changed": validity.while_live(shifts_not_over),
    "swap": while_swap_stands,
}
