"""An alarm for a unit that has ended: never refused for that, it goes to who took over or to the unit above.

An alarm is refused only for what its reporter did. That the unit on the page, or in an alarm kept on the telephone
since yesterday, ended at midnight is nobody's doing who stands in a hall full of people.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.reform.standing import is_open, standing_for
from accounts.scope import Reach, reach_of
from common.dates.local_time import day_of
from common.errors import is_allowed
from incidents.permissions import check_can_report


def where_it_goes(reach: Reach, named: Unit, known_at: datetime | None, now: datetime) -> Unit:
    """The unit that gets an alarm for `named`. Raises NotAllowed where the reporter has nothing to do with it."""
    day = day_of(now)
    unit = standing_for(named, reach, day)
    if unit.pk == named.pk:
        check_can_report(reach, unit)
    elif not is_allowed(check_can_report, reach, unit):
        # Their post may have ended with the unit: it counts as it was when they knew.
        check_can_report(reach_of(reach.user, min(known_at or now, now)), named)
    return unit


def as_recorded(named: Unit, unit: Unit) -> dict[str, Any]:
    """What the journal keeps of an alarm that went elsewhere; nothing for one that did not."""
    if named.pk == unit.pk:
        return {}
    return {"named_unit": {"code": named.code, "name": named.name, "goes_to": unit.code}}


def recorded_as_text(content: Mapping[str, Any]) -> str:
    """The same for readers of the record."""
    named = content.get("named_unit")
    if not named:
        return ""
    return _("reported for %(name)s (%(code)s), which has ended; it went to %(goes_to)s") % named


def note(named: Unit, unit: Unit) -> str:
    """What the reporter is told, or ""."""
    if named.pk == unit.pk:
        return ""
    return _("%(named)s no longer exists. Your alarm went to %(unit)s.") % {"named": named, "unit": unit}


def offered(units: list[Unit], reach: Reach, now: datetime) -> list[Unit]:
    """Own units as they stand today, each once, in their order."""
    day = day_of(now)
    standing = [unit if is_open(unit, day) else standing_for(unit, reach, day) for unit in units]
    return list({unit.pk: unit for unit in standing}.values())
