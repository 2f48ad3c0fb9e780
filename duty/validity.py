"""How long the reasons to tell of shifts and handovers last. Asked before anything is sent, and by whoever ends one."""

from datetime import datetime

from django.db.models import Q

from command.obligations.reminding import unlimited
from duty.shifts.models import Handover
from notices.relevance import validity
from rosters.models import Shift
from rosters.validity import shifts_not_over


def handovers_open(asked: set[int], now: datetime) -> set[int]:
    left = Handover.objects.filter(Q(taken_at=None) | Q(items__taken_at=None, items__isnull=False))
    return set(left.filter(pk__in=asked).values_list("pk", flat=True))


def duties_left(asked: set[int], now: datetime) -> set[int]:
    """While the shift lasts and something without a time limit is still open at its unit."""
    shifts = Shift.objects.filter(pk__in=shifts_not_over(asked, now)).select_related("post__unit")
    return {shift.pk for shift in shifts if unlimited(shift.post.unit)}


#: Purpose → what says how long it lasts.
LASTING: dict[str, validity.Check] = {
    "shift.stand_in": validity.while_live(shifts_not_over),
    "shift.not_confirmed": validity.while_live(shifts_not_over),
    "shift.number_silent": validity.while_live(shifts_not_over),
    "obligation.reminded": validity.while_live(duties_left),
    "handover.left_open": validity.while_live(handovers_open),
    # The code itself is good for ten minutes, and says so (expires_at).
    "contact.code": validity.always,
}
