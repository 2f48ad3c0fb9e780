"""What the page and the API show of codes."""

from datetime import datetime
from typing import NamedTuple

from command.place_codes import rules
from command.place_codes.models import PlaceCode
from incidents.models import Incident


class ShownCode(NamedTuple):
    code: PlaceCode
    #: In two groups, as it is read out.
    digits: str


def live_codes(incident: Incident, now: datetime) -> list[ShownCode]:
    """The codes that can be typed now, oldest first; only for who may show them."""
    rows = PlaceCode.objects.live(now).filter(incident=incident).select_related("issued_by").order_by("pk")
    return [ShownCode(row, rules.shown(rules.code_of(row.seed))) for row in rows]
