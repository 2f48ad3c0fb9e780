"""What can happen to a webhook and to one message of it, and when it is tried again. Plain values.

Signed, numbered and repeated as Standard Webhooks 1.0 says (https://www.standardwebhooks.com): the receiver checks the
signature, keeps the id to know a repetition, and answers 2xx.
"""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from common.states import NOBODY, NOTHING, StateTable, Transition
from webhooks.choices import DeliveryState, WebhookState

#: Live webhooks of one person.
MOST_OF_ONE = 10
#: Seconds a receiver has for its answer.
PATIENCE = 8.0
#: One turn for one webhook; then the others have theirs. Nobody else takes it up before its lease is over.
BUSY_SECONDS = 10.0
LEASE = timedelta(seconds=45)
#: Entries read, and messages made, in one go.
BATCH = 100
#: Messages that were taken are written down together. A process that dies before sends so many once more, under their ids.
MARKED_AT_ONCE = 20
#: After these a message is given up: about three days, as Standard Webhooks recommends.
WAITS = (
    timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5),
    timedelta(hours=10), timedelta(hours=14), timedelta(hours=20), timedelta(hours=24),
)  # fmt: skip
#: A receiver that does not answer at all rests: so long after the first time, twice as long after each next one.
FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(hours=1)
#: So many refusals one after the other end a turn; a single message that is refused stops no other.
REFUSALS_OF_A_TURN = 3
#: Nothing was taken for so long: it is stopped until somebody has looked.
SILENT_FOR = timedelta(days=5)
#: Nothing was taken for so long: whoever keeps the system is told.
TOLD_AFTER = timedelta(hours=1)
#: A renewed secret signs beside the former one, so that the receiver can be changed without a gap.
FORMER_SECRET_KEPT = timedelta(hours=24)
#: How long the row of a message says what became of it.
DELIVERED_KEPT, FAILED_KEPT = timedelta(days=7), timedelta(days=30)
#: So far back a person may have it sent again, in entries of the journal.
MOST_AGAIN = 10_000

MAKE, STOP, GO_ON, END, RENEW = "make", "stop", "go-on", "end", "renew-secret"
QUEUE, DELIVER, PUT_OFF, GIVE_UP, DROP, AGAIN = "queue", "deliver", "put-off", "give-up", "drop", "send-again"
OWNER, SENDER = "its person", "sender"

WEBHOOKS = StateTable(
    turns={WebhookState.ACTIVE: OWNER, WebhookState.STOPPED: OWNER, WebhookState.ENDED: NOBODY},
    rows=[
        Transition(MAKE, (NOTHING,), WebhookState.ACTIVE, "webhook.made", by=OWNER),
        # Also by the sender: a receiver that is silent for days or gone, an address that is no longer listed.
        Transition(STOP, (WebhookState.ACTIVE,), WebhookState.STOPPED, "webhook.stopped", by=OWNER),
        Transition(GO_ON, (WebhookState.STOPPED,), WebhookState.ACTIVE, "webhook.resumed", by=OWNER),
        Transition(RENEW, (WebhookState.ACTIVE, WebhookState.STOPPED), entry="webhook.renewed", by=OWNER),
        # Also by the security administrator of its person.
        Transition(END, (WebhookState.ACTIVE, WebhookState.STOPPED), WebhookState.ENDED, "webhook.ended", by=OWNER),
    ],
)  # fmt: skip

DELIVERIES = StateTable(
    turns={
        DeliveryState.QUEUED: SENDER,
        DeliveryState.DELIVERED: NOBODY,
        DeliveryState.FAILED: OWNER,
        DeliveryState.DROPPED: NOBODY,
    },
    rows=[
        Transition(QUEUE, (NOTHING,), DeliveryState.QUEUED, by=SENDER),
        Transition(DELIVER, (DeliveryState.QUEUED,), DeliveryState.DELIVERED, by=SENDER),
        Transition(PUT_OFF, (DeliveryState.QUEUED,), by=SENDER),
        Transition(GIVE_UP, (DeliveryState.QUEUED,), DeliveryState.FAILED, by=SENDER),
        # Its person may no longer see what it is about.
        Transition(DROP, (DeliveryState.QUEUED,), DeliveryState.DROPPED, by=SENDER),
        Transition(
            AGAIN,
            (DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.DROPPED),
            DeliveryState.QUEUED,
            "webhook.sent_again",
            by=OWNER,
        ),
    ],
)


def wait_after(tries: int) -> timedelta | None:
    """Until the next try of a message that failed so often; None: it is given up."""
    return WAITS[tries - 1] if tries <= len(WAITS) else None


def rest_after(silences: int) -> timedelta:
    """How long a receiver rests that did not answer so many times one after the other."""
    return min(FIRST_REST * 2 ** min(silences - 1, 20), LONGEST_REST)


def is_listed(url: str, targets: Iterable[str]) -> bool:
    """Whether the operator lets messages go there: same scheme, host and port as one it names, and below its path."""
    try:
        asked = _place(url)
    except ValueError:
        return False
    return any(asked[:3] == place[:3] and _is_below(asked[3], place[3]) for place in map(_place, targets))


def _place(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path. Raises ValueError for what is no such address, or carries a name and password."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError(url)
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80), parts.path


def _is_below(path: str, top: str) -> bool:
    # What a server may resolve to somewhere else is not below.
    if {"..", "."} & set(path.split("/")) or "%" in path or "\\" in path:
        return False
    return not top.strip("/") or path == top or path.startswith(f"{top.rstrip('/')}/")


def message_id(webhook: uuid.UUID, about: int | str) -> str:
    """The id of a message: the same for every try, and when it is sent again years later."""
    return f"msg_{uuid.uuid5(webhook, str(about)).hex}"
