"""What can happen to a partner, its keys and the documents that go and come; when one is tried again. Plain values.

Each installation works by itself; a document waits at its sender for as long as the other one is away. Signed with
Ed25519 in the form of Standard Webhooks 1.0 ("v1a", https://www.standardwebhooks.com).
"""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from common.states import NOBODY, NOTHING, StateTable, Transition
from exchange.choices import Direction, IncomingState, KeyState, Kind, OutgoingState, PartnerState

#: The form of documents that this program writes and reads.
VERSION = 1
#: Bytes of a document: a report of eight full parts in Chinese is a third of it.
MOST_BYTES = 256 * 1024
#: Seconds the other installation has for its receipt.
PATIENCE = 10.0
#: One turn for one partner; nobody else takes it up before its lease is over.
BUSY_SECONDS = 10.0
LEASE = timedelta(seconds=45)
BATCH = 50
#: An installation that does not answer rests; a document that is not taken waits. Both without end.
FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=10)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
REFUSALS_OF_A_TURN = 3
#: Waiting for so long, the duty room is told to telephone it. A report of the most urgent kind is due within the hour.
TOLD_AFTER = timedelta(minutes=30)
#: Waiting for so long, it is a fault on the system page.
FAULT_AFTER = timedelta(hours=1)
#: Keys of one partner that are accepted at the same time, and own keys that sign: the former one and its successor.
MOST_KEYS = 2
#: Refusals of one partner that are kept.
MOST_REFUSALS = 1000

PROPOSE, CONFIRM, SUSPEND, PROPOSE_AGAIN, END = "propose", "confirm", "suspend", "propose-again", "end"
ADMIN, SECOND, SENDER, DESK, OTHER = (
    "administrator", "second person", "sender", "the duty room", "the other installation",
)  # fmt: skip
_ALIVE = (PartnerState.PROPOSED, PartnerState.ACTIVE, PartnerState.SUSPENDED)

PARTNERS = StateTable(
    turns={
        PartnerState.PROPOSED: SECOND,
        PartnerState.ACTIVE: ADMIN,
        PartnerState.SUSPENDED: ADMIN,
        PartnerState.ENDED: NOBODY,
    },
    rows=[
        Transition(PROPOSE, (NOTHING,), PartnerState.PROPOSED, "exchange.partner_proposed", by=ADMIN),
        Transition(CONFIRM, (PartnerState.PROPOSED,), PartnerState.ACTIVE, "exchange.partner_confirmed", by=SECOND),
        # By either of the two, at once.
        Transition(
            SUSPEND, (PartnerState.PROPOSED, PartnerState.ACTIVE), PartnerState.SUSPENDED, "exchange.partner_suspended",
            by=ADMIN,
        ),
        Transition(
            PROPOSE_AGAIN, (PartnerState.SUSPENDED,), PartnerState.PROPOSED, "exchange.partner_proposed_again", by=ADMIN
        ),
        Transition(END, _ALIVE, PartnerState.ENDED, "exchange.partner_ended", by=ADMIN),
    ],
)  # fmt: skip

PROPOSE_KEY, ACCEPT, WITHDRAW = "propose-key", "accept", "withdraw"

KEYS = StateTable(
    turns={KeyState.PROPOSED: SECOND, KeyState.ACCEPTED: ADMIN, KeyState.WITHDRAWN: NOBODY},
    rows=[
        Transition(PROPOSE_KEY, (NOTHING,), KeyState.PROPOSED, "exchange.key_proposed", by=ADMIN),
        Transition(ACCEPT, (KeyState.PROPOSED,), KeyState.ACCEPTED, "exchange.key_accepted", by=SECOND),
        Transition(
            WITHDRAW, (KeyState.PROPOSED, KeyState.ACCEPTED), KeyState.WITHDRAWN, "exchange.key_withdrawn", by=ADMIN
        ),
    ],
)  # fmt: skip

QUEUE, RECEIVE, PUT_OFF, REFUSE = "queue", "receive", "put-off", "refuse"
AGAIN, DROP = "send-again", "settle"
TELLS_LATE = {"exchange_document.not_received": "the nearest duty room"}

OUTGOING = StateTable(
    turns={
        OutgoingState.QUEUED: SENDER,
        OutgoingState.RECEIVED: OTHER,
        OutgoingState.REFUSED: DESK,
        OutgoingState.DROPPED: NOBODY,
    },
    rows=[
        Transition(QUEUE, (NOTHING,), OutgoingState.QUEUED, "exchange.queued", by=DESK),
        Transition(RECEIVE, (OutgoingState.QUEUED,), OutgoingState.RECEIVED, "exchange.received_there", by=OTHER),
        # The duty room is told once, after half an hour.
        Transition(PUT_OFF, (OutgoingState.QUEUED,), by=SENDER, tells=TELLS_LATE),
        Transition(
            REFUSE, (OutgoingState.QUEUED,), OutgoingState.REFUSED, "exchange.refused_there", by=OTHER,
            tells=TELLS_LATE,
        ),
        Transition(AGAIN, (OutgoingState.REFUSED,), OutgoingState.QUEUED, "exchange.sent_again", by=DESK),
        Transition(
            DROP, (OutgoingState.QUEUED, OutgoingState.REFUSED), OutgoingState.DROPPED, "exchange.settled", by=DESK
        ),
        Transition("acknowledge", (OutgoingState.QUEUED, OutgoingState.RECEIVED), None,
                   "exchange.acknowledged_there", by=OTHER),
    ],
)  # fmt: skip

TAKE_IN, ACKNOWLEDGE, NOTE = "take-in", "acknowledge", "note"

INCOMING = StateTable(
    turns={IncomingState.NEW: DESK, IncomingState.ACKNOWLEDGED: NOBODY, IncomingState.NOTED: NOBODY},
    rows=[
        Transition(
            TAKE_IN, (NOTHING,), IncomingState.NEW, "exchange.received", by=OTHER,
            tells={"exchange.received": "the nearest duty room"},
        ),
        Transition(ACKNOWLEDGE, (IncomingState.NEW,), IncomingState.ACKNOWLEDGED, "exchange.acknowledged", by=DESK),
        # An acknowledgement of theirs, about a document of ours.
        Transition(NOTE, (NOTHING,), IncomingState.NOTED, by=OTHER),
    ],
)  # fmt: skip

#: What an installation may send, by where it stands seen from the one that receives.
MAY_SEND: dict[str, tuple[Kind, ...]] = {
    Direction.SUBORDINATE: (Kind.UPWARD_REPORT, Kind.SUMMARY, Kind.WRITTEN_REPORT, Kind.ACKNOWLEDGEMENT),
    Direction.SUPERIOR: (Kind.LINKAGE_ORDER, Kind.ACKNOWLEDGEMENT),
}


def wait_after(tries: int) -> timedelta:
    """Until the next try of a document that was not taken so often: half a minute, a minute … an hour, without end."""
    return min(FIRST_WAIT * 2 ** min(max(tries - 1, 0), 20), LONGEST_WAIT)


def rest_after(silences: int) -> timedelta:
    """How long an installation rests that did not answer so many times one after the other."""
    return min(FIRST_REST * 2 ** min(max(silences - 1, 0), 20), LONGEST_REST)


def is_called(name: str, names: Iterable[str]) -> bool:
    """Whether a recipient on paper is the installation with these names."""
    return name.strip() in {one.strip() for one in names if one.strip()}


def new_id() -> str:
    """Of a document, for good."""
    return f"doc_{uuid.uuid4().hex}"
