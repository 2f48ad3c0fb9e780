"""Real acts, the notice engine, a frozen clock, and telephones that only write down what they were told."""

from datetime import timedelta

import pytest

from notices.channels import SendResult
from notices.sending import outbox
from notices.sending.dispatcher import Senders
from notices.silence import escalation
from tests.early_warnings.conftest import PASSWORD, SIGNER, passwords, proposed, signed, statement
from tests.incidents.conftest import alarm

__all__ = ["PASSWORD", "SIGNER", "alarm", "passwords", "phones", "proposed", "signed", "statement"]


class Phones(Senders):
    """Everything that left the house: (channel, username, purpose, subject), in order."""

    def __init__(self):
        super().__init__()
        self.rang: list[tuple] = []
        #: What the gateway answers; by default it takes everything.
        self.outcome = lambda notice: SendResult("sent", provider_id=f"p{notice.pk}")
        self._waiting, self._at = [], None

    def begin(self, parcels, now):
        self._waiting, self._at = list(parcels), now

    def answers(self):
        for parcel in self._waiting:
            self.rang += [(n.channel, n.recipient.username, n.purpose, n.subject) for n in parcel]
            yield parcel, self.outcome(parcel[0]), self._at

    def clear(self):
        self.rang.clear()


@pytest.fixture
def phones(settings, monkeypatch):
    settings.NOTICE_GATEWAY_URL = "http://gateway.invalid"
    settings.NOTICE_BUNDLE_SECONDS, settings.NOTICE_QUIET_HOURS = 0, ""
    made = Phones()
    monkeypatch.setattr(outbox, "_senders", {outbox.EVERYTHING: made})
    return made


@pytest.fixture
def turn(phones):
    """turn(now, 130) → the engine's jobs run every ten seconds from now to then; returns the moment reached."""

    def run(start, seconds, step=10):
        for after in range(0, seconds + 1, step):
            at = start + timedelta(seconds=after)
            escalation.take_due(at, limit=1000)
            outbox.send_due(at, limit=1000)
        return start + timedelta(seconds=seconds)

    return run


@pytest.fixture
def incident(alarm):
    """What the fixtures of warnings ask for."""

    def report(unit="C1", *, by="county1.duty", at=None, drill=False, **facts):
        return alarm(by, unit=unit, at=at, **(facts or {"headcount": 8}))

    return report
