"""What providers push: reports and replies, at an address that holds a secret, applied like a gateway's own.

The providers sign nothing they push. The address is made of the shared secret, so that nobody who has not seen it can
guess it, and says which gateway speaks (docs/adr/0246).
"""

import hashlib
import hmac
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from common.text.personal_data import masked_within
from common.text.plain_text import tidied_within
from notices.channels import providers
from notices.channels.providers import OWN, Told
from notices.channels.routes import gateways, kind_of, secret_of
from notices.channels.texts import digits_of
from notices.choices import ROUTINE, Channel, State
from notices.incoming import gateway_events
from notices.incoming.gateway_events import AHEAD, BEHIND, Report
from notices.models import GatewayEvent, Notice

log = logging.getLogger(__name__)

#: Messages that are looked at for whose reply it is; more than a provider carries for us in three days is more than one.
MOST = 5000
UNKNOWN_SENDER = "nobody we wrote to has this number"
#: Whoever answers does so soon: what was sent longer ago is not what they mean, where something newer waits.
ANSWERED_WITHIN = timedelta(hours=6)
_UNANSWERED = (State.SENT, State.DELIVERED, State.ESCALATED)
SEVERAL = "more than one message waits for an answer of theirs"


def token_of(gateway: str) -> str:
    """The secret part of the address this gateway pushes to; empty without a shared secret: then nothing is taken."""
    secret = secret_of(gateway)
    if not secret:
        return ""
    about = f"pushes/{gateway}/{kind_of(gateway)}"
    return hmac.new(secret.encode(), about.encode(), hashlib.sha256).hexdigest()[:40]


def sender_of(provider: str, token: str) -> str | None:
    """Which gateway pushes to this address; None: nobody we know."""
    found = None
    for gateway in gateways():
        known = token_of(gateway)
        if (
            known
            and kind_of(gateway) == provider != OWN
            and hmac.compare_digest(known.encode(), token.encode())
        ):
            found = gateway
    return found


def receive_push(gateway: str, body: Any, now: datetime) -> int:
    """Take what a provider pushed; returns how many things it said. Raises ValueError for what is none of its own."""
    try:
        told = providers.provider(kind_of(gateway)).pushed(body)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(str(error)) from error
    for one in told:
        at = one.at or now
        # Late is usual, older than that nobody waits for; the rest of the push is good.
        if now - BEHIND <= at <= now + AHEAD:
            # Whatever numbers of people somebody wrote are masked, as in a reply that our own gateway brings.
            reply = masked_within(tidied_within(one.reply))
            _receive(gateway, one._replace(at=at, reply=reply), now)
    return len(told)


def _receive(gateway: str, told: Told, now: datetime) -> None:
    if told.event == "reply" and told.phone:
        _receive_reply(gateway, told, now)
        return
    gateway_events.receive(_report(gateway, told, told.provider_id, _reference(told.reference)), now)


def _report(gateway: str, told: Told, number: str, reference: UUID | None) -> Report:
    assert told.at is not None
    return Report(number[:120], told.event, told.at, told.reply[:200], gateway, reference)


def _reference(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _receive_reply(gateway: str, told: Told, now: datetime) -> None:
    """A reply that names a number and no message: the one message to that number that waits for an answer."""
    theirs = [
        one
        for one in _lately(gateway, told.at or now)
        if digits_of(one.recipient.phone) == digits_of(told.phone)
    ]
    meant = _meant(theirs, told.at or now)
    if len(meant) == 1:
        key = meant[0].bundle or meant[0].key
        gateway_events.receive(_report(gateway, told, meant[0].provider_id, key), now)
        return
    # Kept as it came, and applied to nothing: one that could mean two messages means none.
    why = SEVERAL if meant else UNKNOWN_SENDER
    log.warning("a reply by %s was not applied: %s", kind_of(gateway), why)
    report = _report(gateway, told, told.provider_id, None)
    GatewayEvent.objects.bulk_create(
        [GatewayEvent(received_at=now, is_applied=True, note=why, **report._asdict())], ignore_conflicts=True
    )


def _lately(gateway: str, at: datetime) -> Iterable[Notice]:
    rows = Notice.objects.filter(
        channel=Channel.SMS, gateway=gateway, sent_at__gt=at - BEHIND, sent_at__lte=at + AHEAD
    )
    return rows.exclude(provider_id="").select_related("recipient").order_by("-sent_at", "-pk")[:MOST]


def _meant(theirs: list[Notice], at: datetime) -> list[Notice]:
    """The newest of each matter that waits for an answer and was sent a short while ago; else the last one of all."""
    waiting = [
        one
        for one in theirs
        if one.priority < ROUTINE and one.state in _UNANSWERED and one.sent_at > at - ANSWERED_WITHIN
    ]
    by_matter: dict[str, Notice] = {}
    for one in waiting or theirs[:1]:
        by_matter.setdefault(one.thread, one)
    return list(by_matter.values())
