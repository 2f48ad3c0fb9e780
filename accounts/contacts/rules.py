"""Could this person be rung? Plain values in and out."""

from typing import NamedTuple

from accounts.contacts.choices import Lack


class Contact(NamedTuple):
    """What is known of one person's reachability."""

    is_active: bool
    has_number: bool
    is_verified: bool
    #: Channels on which the last test notice was not answered.
    silent_on: frozenset[str] = frozenset()
    has_email: bool = False
    #: An id at the chat service.
    has_chat: bool = False


def why_unreachable(contact: Contact, *, has_gateway: bool) -> str:
    """Why nobody could ring the person at night; empty if somebody could.

    A screen does not wake anybody, so it does not count. Without a gateway the duty room rings by hand
    (call sheet): the number has to be there; with one, it has to be proved.
    """
    if not contact.is_active:
        return Lack.CLOSED
    if not contact.has_number:
        return Lack.NO_NUMBER
    return Lack.NOT_VERIFIED if has_gateway and not contact.is_verified else ""
