"""What the other installation says of a document of ours: that it is stored there, and that a person there has it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from common.hooks import NamedHook
from common.states import move
from common.text.masking import masked
from exchange import rules
from exchange.documents import Receipt
from exchange.models import Outgoing, Partner
from exchange.outgoing import record_about
from exchange.rules import OUTGOING
from notices.relevance.ending import settle_threads

#: Kind of document → what follows in the room that it is of, when a person there has acknowledged it.
ACKNOWLEDGED: NamedHook[Callable[[Outgoing, datetime], None]] = NamedHook()


def take_receipt(row: Outgoing, receipt: Receipt, answer: str, now: datetime) -> None:
    """The first receipt: it is stored there. `row` is locked and queued; `answer` as it was signed."""
    done = move(row, OUTGOING, rules.RECEIVE)
    row.received_at, row.receipt_number, row.receipt = receipt.received_at, masked(receipt.number), answer
    row.last_error = ""
    row.let_text_go()
    row.save(
        update_fields=["state", "received_at", "receipt_number", "receipt", "last_error", "tries", "body"]
    )
    settle_threads([row.key], now)
    record_about(
        done, row, actor=None, now=now, receipt=row.receipt_number, received_at=row.received_at.isoformat()
    )


def take_acknowledgement(partner: Partner, about: str, said: Mapping[str, Any], now: datetime) -> None:
    """The second receipt. It may overtake the first, where that got lost on its way; a second one changes nothing."""
    row = Outgoing.objects.select_for_update(of=("self",)).filter(partner=partner, uid=about).first()
    may_be = OUTGOING["acknowledge"].at
    if row is None or row.acknowledged_at is not None or row.state not in may_be:
        # Of a document that a restored database does not know: theirs stands in the inbox, there is nothing to note.
        return
    row.acknowledged_at = min(said["at"], now)
    row.acknowledged_by, row.acknowledged_note = masked(said["by"])[:120], masked(said["note"])[:300]
    row.save(update_fields=["acknowledged_at", "acknowledged_by", "acknowledged_note"])
    record_about(OUTGOING["acknowledge"], row, actor=None, now=now, by=row.acknowledged_by)
    if follow := ACKNOWLEDGED.get(row.kind):
        follow(row, now)
