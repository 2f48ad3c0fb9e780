"""An order of the level above that came over the exchange: what of it fills the form of an order of one's own."""

from typing import Any

from accounts.scope import Reach
from command.linkage.forms import LONGEST
from command.linkage.models import LinkageOrder
from common.errors import not_found
from exchange.choices import Kind
from exchange.models import Incoming
from exchange.queries import get_document


def document_named(reach: Reach, number: str) -> Incoming | None:
    """The order under this number; None where none is named. NotFound for what this person may not see, and for what is
    no order."""
    if not number:
        return None
    document = get_document(reach, number)
    if document.kind != Kind.LINKAGE_ORDER:
        raise not_found()
    return document


def document_of(order: LinkageOrder, reach: Reach) -> Incoming | None:
    """The paper it came on, for whom that is to be seen."""
    document = order.document
    return document if document and reach.holds("exchange.view", document.unit_path) else None


def first_values(document: Incoming) -> dict[str, Any]:
    """What the form begins with. The place is nowhere in it by itself; a long text is cut, and whole on its own page."""
    text = document.texts[0]["text"] if document.texts else document.title
    return {
        "document": document.number,
        "centre": _cut(document.partner.name, "centre"),
        "outside_number": _cut(document.their_number, "outside_number"),
        "nature": _cut(document.title, "nature"),
        "asked": _cut(text, "asked"),
        "arrive_by": document.due_at,
        "received_at": document.received_at,
    }


def _cut(text: str, name: str) -> str:
    most = LONGEST[name]
    return text if len(text) <= most else f"{text[: most - 1]}…"
