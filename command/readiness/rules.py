"""Who would be reached, on which channel, and why not. Plain values in and out."""

from typing import NamedTuple

from command.readiness.choices import Lack

APP, SMS, VOICE = "app", "sms", "voice"
#: In the order of the grid.
CHANNELS = (APP, SMS, VOICE)


class Contact(NamedTuple):
    """What is known of one person's reachability."""

    is_active: bool
    has_number: bool
    is_verified: bool
    #: Channels on which the last test notice was not answered.
    silent_on: frozenset[str] = frozenset()


def lack_on(channel: str, contact: Contact, *, has_gateway: bool) -> str:
    """Why the person is not surely reached on the channel; empty if they are."""
    if not contact.is_active:
        return Lack.CLOSED
    if channel != APP:
        if not contact.has_number:
            return Lack.NO_NUMBER
        if not has_gateway:
            return Lack.NO_GATEWAY
        if not contact.is_verified:
            return Lack.NOT_VERIFIED
    return Lack.NO_ANSWER if channel in contact.silent_on else ""


def unreachable(contact: Contact, *, has_gateway: bool) -> str:
    """Why nobody could ring the person at night; empty if somebody could.

    A screen does not wake anybody, so it does not count. Without a gateway the duty room rings by hand
    (call sheet): the number has to be there; with one, it has to be proved.
    """
    if not contact.is_active:
        return Lack.CLOSED
    if not contact.has_number:
        return Lack.NO_NUMBER
    return Lack.NOT_VERIFIED if has_gateway and not contact.is_verified else ""
