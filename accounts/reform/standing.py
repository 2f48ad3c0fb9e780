"""Which unit stands where another one stood: for what comes in under the name of a unit that has ended.

A page may be older than midnight, and a telephone keeps an alarm for days. Source: nobody who reports can know, at the
moment of reporting, that a unit has been merged.
"""

from datetime import date

from django.db.models import F, Value

from accounts.models import Unit
from accounts.queries import lineage
from accounts.reform.queries import successors
from accounts.scope import Reach
from common.database.composed import Composed
from common.text.codes import unit_code

_LAST_FIRST = (F("valid_to").desc(nulls_first=True), "-pk")
_BORE = Composed(lambda code: Unit.objects.filter(code=Value(code)).order_by(*_LAST_FIRST)[:1])


def is_open(unit: Unit, day: date) -> bool:
    return unit.valid_to is None or unit.valid_to > day


def standing_for(unit: Unit, reach: Reach, day: date) -> Unit:
    """The unit itself while it exists; then who took over: the one successor, or the one where this person works.

    Of several successors none is guessed: the nearest unit above them is asked, which sees them all; without a
    successor the nearest one above. The unit itself where nothing stands above it (no query for a unit that exists).
    """
    if is_open(unit, day):
        return unit
    found = [one for one in successors(unit) if is_open(one, day)]
    mine = [one for one in found if reach.holds("incident.report", one.path)]
    for candidates in (found, mine):
        if len(candidates) == 1:
            return candidates[0]
    above = (one for one in lineage(unit) if one.pk != unit.pk and is_open(one, day))
    return next(above, found[0] if found else unit)


def unit_that_bore(code: str) -> Unit | None:
    """The unit that bears this code, else the last one that did."""
    return next(iter(_BORE(unit_code(code))), None) if code else None
