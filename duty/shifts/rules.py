"""How a shift begins and passes over. Plain values; a moment equal to a deadline is still in time."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from accounts.choices import PostKind
from common.states import NOBODY, NOTHING, StateTable, Transition
from duty.shifts.choices import ItemKind
from notices.choices import Channel

# --- the life of a shift -------------------------------------------------------------------------------------

COMING, BEGUN, STOOD_IN, CONFIRMED, OVER = "coming", "begun", "stood_in", "confirmed", "over"
BEGIN, CONFIRM, STAND_IN, END = "begin", "confirm", "stand-in", "end"
PERSON, SYSTEM = "who is on duty", "system"

SHIFTS = StateTable(
    turns={COMING: SYSTEM, BEGUN: PERSON, STOOD_IN: PERSON, CONFIRMED: SYSTEM, OVER: NOBODY},
    rows=[
        Transition("put-in-force", (NOTHING,), COMING, by="leader"),
        Transition(
            BEGIN, (COMING,), BEGUN, "shift.began", by=SYSTEM, tells={"test.number": "who comes on duty"},
        ),
        Transition(CONFIRM, (BEGUN, STOOD_IN), CONFIRMED, "shift.confirmed", by=PERSON),
        Transition(
            STAND_IN, (BEGUN,), STOOD_IN, "shift.stood_in", by=SYSTEM,
            tells={
                "shift.stand_in": "the stand-in",
                "shift.not_confirmed": "the leaders, and who did not confirm",
            },
        ),
        # Its hour is over, or it was given to somebody else: the record of that is the roster's.
        Transition(END, (COMING, BEGUN, STOOD_IN, CONFIRMED), OVER, by=SYSTEM),
    ],
)  # fmt: skip


def shift_state(*, is_over: bool, has_begun: bool, is_confirmed: bool, is_stood_in: bool) -> str:
    """How far a shift is."""
    if is_over:
        return OVER
    if is_confirmed:
        return CONFIRMED
    if not has_begun:
        return COMING
    return STOOD_IN if is_stood_in else BEGUN


# --- the life of a handover ----------------------------------------------------------------------------------

OPENED, GIVEN, TAKEN = "opened", "given", "taken"
GIVE, TAKE, LEAVE_OPEN = "give", "take", "leave-open"
OUTGOING, INCOMING = "who goes", "who comes"

HANDOVERS = StateTable(
    turns={OPENED: OUTGOING, GIVEN: INCOMING, TAKEN: NOBODY},
    rows=[
        Transition("open", (NOTHING,), OPENED, "handover.opened", by=SYSTEM),
        Transition(GIVE, (OPENED,), GIVEN, "handover.given", by=OUTGOING),
        # What was left the first time may be taken later.
        Transition(TAKE, (GIVEN, TAKEN), TAKEN, "handover.taken", by=INCOMING),
        Transition(
            LEAVE_OPEN, (OPENED, GIVEN, TAKEN), None, "handover.left_open", by=SYSTEM,
            tells={"handover.left_open": "both"},
        ),
    ],
)  # fmt: skip


def handover_state(*, is_given: bool, is_taken: bool) -> str:
    return TAKEN if is_taken else GIVEN if is_given else OPENED


# --- how long, and what ----------------------------------------------------------------------------------------

#: Without a rotation that says otherwise.
CONFIRM_WITHIN = timedelta(minutes=5)
#: Both sides have signed by then, or both are rung.
HANDOVER_WITHIN = timedelta(minutes=30)
#: A shift that ended longer ago has nothing to hand over any more.
FOLLOWS_WITHIN = timedelta(hours=2)
#: Downtime packs are kept so many days.
PACKS_KEPT = timedelta(days=14)

#: Channels that prove a telephone number.
RINGS = (Channel.SMS, Channel.VOICE)

CONFIRM_CLOCK = "SHIFT-1"
HANDOVER_CLOCK = "SHIFT-2"

#: What passes over on which post, in the order of the list: a leader's begins with what waits for a signature, a
#: squad takes over its orders. A post that is not named hands nothing over.
PASSES: dict[str, tuple[ItemKind, ...]] = {
    PostKind.DUTY_LEADER: (ItemKind.WARNING, ItemKind.INCIDENT, ItemKind.CLOCK),
    PostKind.DUTY_OFFICER: (
        ItemKind.INCIDENT,
        ItemKind.WARNING,
        ItemKind.LINKAGE,
        ItemKind.CLOCK,
        ItemKind.SILENT,
        ItemKind.MATERIAL,
    ),
    PostKind.SQUAD: (ItemKind.ORDER,),
}
#: Sign even an empty list: "nothing is open" is an answer too. A squad without orders is left to sleep.
SIGNS_NOTHING_TOO = (PostKind.DUTY_LEADER, PostKind.DUTY_OFFICER)


def stand_in_of(candidates: list[tuple[int, bool]], named: int | None, absent: set[int]) -> int | None:
    """Who comes instead: who is named, if they still hold the post; else a standing deputy; else another holder.

    `candidates`: (person, is a standing deputy) of everybody who holds the post now, in the order of their
    appointment. `absent`: who is not asked (the one who did not confirm, and who has another duty now).
    """
    present = [(person, is_deputy) for person, is_deputy in candidates if person not in absent]
    if named in {person for person, _is_deputy in present}:
        return named
    deputies = [person for person, is_deputy in present if is_deputy]
    return next(iter(deputies), next((person for person, _is_deputy in present), None))


def test_channel(channels: Iterable[str]) -> str:
    """The first of a plan's channels that goes to a telephone number; a text message where none does."""
    return next((channel for channel in channels if channel in RINGS), Channel.SMS)


def confirm_by(began_at: datetime, minutes: int | None) -> datetime:
    return began_at + (timedelta(minutes=minutes) if minutes else CONFIRM_WITHIN)
