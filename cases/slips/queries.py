"""What a slip says, and what its code opens."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.exclusions.queries import units_complained_of
from accounts.queries import lineage
from cases.demands.models import Demand
from cases.demands.queries import clocks_of, stopped_by
from cases.slips.models import SlipCode
from cases.slips.rules import is_open
from cases.slips.tokens import hash_of
from clocks.models import Clock
from clocks.terms.rules import leading_clock


class Owed(NamedTuple):
    """Until when, and what makes it so where nothing is promised yet."""

    until: datetime | None
    clock: Clock | None = None


def owed_on(demand: Demand) -> Owed:
    """What was promised; before a promise, the time limit that ends first and is owed to people, not among organs."""
    if demand.promised_until:
        return Owed(demand.promised_until)
    clocks = [clock for clock in clocks_of(demand) if clock.subject == demand.key]
    among_organs = {clock.pk for clock in stopped_by(["objection.raised", "petition.transferred"], clocks)}
    first = leading_clock(clock for clock in clocks if clock.pk not in among_organs)
    return Owed(first.due_at, first) if first else Owed(None)


def phone_of(demand: Demand) -> str:
    """The public number of the unit that answers, else of the one that took it down; never of a unit complained of."""
    if not demand.accusation:
        return demand.lead_unit.phone or demand.unit.phone
    against = units_complained_of([demand.key])
    above = [*lineage(demand.lead_unit), demand.unit]
    fit = (unit for unit in above if not any(unit.path.startswith(one.path) for one in against))
    return next((unit.phone for unit in fit if unit.phone), "")


def open_code_of(demand: Demand, now: datetime) -> SlipCode | None:
    found = demand.slip_codes.filter(revoked_at=None).first()
    return found if found and is_open(revoked_at=None, closed_at=demand.closed_at, now=now) else None


def demand_of_code(code: str, now: datetime) -> Demand | None:
    """The one demand that this code opens; None for whatever is not, or not any more, a code."""
    found = SlipCode.objects.select_related("demand").filter(token_hash=hash_of(code)).first()
    if found is None:
        return None
    demand = found.demand
    return demand if is_open(revoked_at=found.revoked_at, closed_at=demand.closed_at, now=now) else None


def dates_of(demand: Demand) -> Iterator[tuple[str, datetime]]:
    """The dates that the public page shows, in the order of the work. Nothing else of a demand leaves the house."""
    for label, moment in (
        (_("Registered"), demand.registered_at),
        (_("Written notice given"), demand.accepted_at),
        (_("Promised by"), demand.promised_until),
        (_("Reply issued"), demand.replied_at),
        (_("Delivered"), demand.delivered_at),
        (_("Closed"), demand.closed_at),
    ):
        if moment:
            yield label, moment


def picture_of(address: str) -> str:
    """The address as a QR code, in SVG, to be printed."""
    # With all it brings along, not for every process that only serves.
    import qrcode
    from qrcode.image.svg import SvgPathImage

    image = BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, border=2).save(image)
    text = image.getvalue().decode()
    return text[text.index("<svg") :]
