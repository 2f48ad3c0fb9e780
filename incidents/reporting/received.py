"""From what the API read to an alarm."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import Unit
from accounts.reform.standing import unit_that_bore
from incidents.permissions import not_your_unit
from incidents.reporting.actions import Alarm


def alarm_in(given: Mapping[str, Any], kept_since: datetime | None = None) -> tuple[Unit, Alarm]:
    """The unit it names, and the alarm. `kept_since`: when it was received, where the database took nothing then."""
    given = dict(given)
    code = given.pop("unit")
    unit = unit_that_bore(code)
    if unit is None:
        raise not_your_unit(code)
    place = given.pop("place") or unit.name
    return unit, Alarm(unit=unit, place=place, kept_since=kept_since, **given)
