"""Webhooks of the cast, to a receiver of their own."""

import pytest

from journal.numbering import number_new
from journal.record import record
from tests.wall_clock import Hands
from tests.webhook_receiver import Receiver
from webhooks import sending
from webhooks.actions import make_webhook


@pytest.fixture
def receiver(settings):
    served = Receiver()
    settings.WEBHOOK_TARGETS = [served.top]
    yield served
    served.close()


@pytest.fixture
def hook(reach, receiver, now):
    """hook("county1.duty", groups=…, unit=…) → a webhook of that person to the receiver."""

    def make(who="county1.duty", groups=("incidents", "warnings"), unit=None, url=""):
        number_new()
        return make_webhook(
            reach=reach(who), note="城市大脑", url=url or receiver.url, groups=groups, unit=unit, now=now
        )

    return make


@pytest.fixture
def happens(units, now):
    """happens("C1", "incident.observed") → the number of that entry."""

    def write(code="C1", kind="incident.observed", subject="incident:7", **more):
        entry = record(kind, subject=subject, unit=units[code], actor=None, at=now, content={}, **more)
        number_new()
        entry.refresh_from_db()
        return entry.number

    return write


@pytest.fixture
def turn(hands):
    """turn() → how many were sent or tried, by all whose turn it is."""
    return lambda: sum(sending.serve(one.pk, hands) for one in sending.with_work(hands()))


@pytest.fixture
def hands(now):
    return Hands(now)
