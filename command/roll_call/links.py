"""The link in a roll-call's message is that of the order that brought its recipient to the spot."""

from collections.abc import Sequence
from datetime import datetime

from command.links.actions import links_to
from command.roll_call.models import RollCallLine
from journal.keys import pk_of, pks_of
from notices.models import Notice


def links_for(notices: Sequence[Notice], now: datetime) -> dict[int, str]:
    """Notice → the words with its recipient's link."""
    asked = RollCallLine.objects.select_related("order").in_bulk(
        pks_of([notice.subject for notice in notices], "roll_call_line")
    )
    orders = {one: asked[pk_of(one.subject)].order for one in notices if pk_of(one.subject) in asked}
    return links_to({notice: order for notice, order in orders.items() if order.is_live}, now)
