"""Who would be reached, on which channel, and why not. Plain values in and out."""

from accounts.contacts.choices import Lack
from accounts.contacts.rules import Contact
from common.states import NOBODY, NOTHING, StateTable, Transition
from duty.comms_checks.choices import CheckState

PLAN, CANCEL, BEGIN, END = "plan", "cancel", "begin", "end"
DESK, SYSTEM = "desk", "system"

TRANSITIONS = StateTable(
    turns={
        CheckState.PLANNED: SYSTEM,
        CheckState.RUNNING: SYSTEM,
        CheckState.ENDED: NOBODY,
        CheckState.CANCELLED: NOBODY,
    },
    rows=[
        Transition(PLAN, (NOTHING,), CheckState.PLANNED, "readiness.test_planned", by=DESK),
        # The entry is the one of the planning, and says that it was taken back.
        Transition(CANCEL, (CheckState.PLANNED,), CheckState.CANCELLED, "readiness.test_planned", by=DESK),
        Transition(
            BEGIN, (CheckState.PLANNED,), CheckState.RUNNING, "readiness.test_began", by=SYSTEM,
            tells={"test.number": "who is tested, where a channel reaches them"},
        ),
        Transition(END, (CheckState.RUNNING,), CheckState.ENDED, "readiness.test_ended", by=SYSTEM),
    ],
)  # fmt: skip

APP, SMS, VOICE = "app", "sms", "voice"
#: In the order of the grid: what a test can ask on, for each of them brings an answer back.
CHANNELS = (APP, SMS, VOICE)
WECOM, DINGTALK, FEISHU, EMAIL, CHAT = "wecom", "dingtalk", "feishu", "email", "chat"
#: What is in the grid as well, where it is set up. None of them wakes anybody.
BESIDE = (WECOM, DINGTALK, FEISHU, EMAIL, CHAT)
#: What can be tested: also the chat, of which the test shows whether the service takes a message for this person.
TESTED = (*CHANNELS, CHAT)
#: Robots that name people by their telephone number; the third one writes the name.
_NAMED_BY_NUMBER = (WECOM, DINGTALK)


def lack_on(channel: str, contact: Contact, *, has_gateway: bool) -> str:
    """Why the person is not surely reached on the channel; empty if they are."""
    if not contact.is_active:
        return Lack.CLOSED
    if channel == EMAIL:
        return "" if contact.has_email else Lack.NO_EMAIL
    if channel == CHAT:
        if not contact.has_chat:
            return Lack.NO_CHAT
        return Lack.NOT_TAKEN if CHAT in contact.silent_on else ""
    if channel in BESIDE:
        return Lack.NOT_NAMED if channel in _NAMED_BY_NUMBER and not contact.has_number else ""
    if channel != APP:
        if not contact.has_number:
            return Lack.NO_NUMBER
        if not has_gateway:
            return Lack.NO_GATEWAY
        if not contact.is_verified:
            return Lack.NOT_VERIFIED
    return Lack.NO_ANSWER if channel in contact.silent_on else ""
