"""A process dies between a receiver's yes and our mark, or the receiver is away for a while: nothing is lost, and what is
told twice carries the same id."""

from contextlib import ExitStack, nullcontext

import pytest

from tests.faults.acts import alarm
from tests.processes import Beat, Worker, eventually, python
from tests.webhook_receiver import Receiver

pytestmark = [pytest.mark.fault, pytest.mark.slow]

MAKE = """
from django.utils import timezone
from accounts.models import User
from accounts.scope import reach_of
from webhooks.actions import make_webhook
now = timezone.now()
reach = reach_of(User.objects.get(username="county1.duty"), now)
make_webhook(reach=reach, note="城市大脑", url={url!r}, groups=["incidents"], unit=None, now=now)
"""
LET_GO = "UPDATE webhooks_webhook SET held_until = '2020-01-01 00:00:00+00:00'"


@pytest.fixture
def receiver():
    served = Receiver()
    yield served
    served.close()


@pytest.fixture
def told(installation, receiver):
    """The installation, with a webhook to the receiver."""
    installation.env["WEBHOOK_TARGETS"] = receiver.top
    python(MAKE.format(url=receiver.url), env=installation.env)
    return installation


def sender(installation, name, crash_at=""):
    """Embedded, the server itself sends."""
    if installation.is_embedded:
        return nullcontext()
    return Worker(env=installation._armed(crash_at, {}), name=name)


def reported(receiver) -> list[str]:
    return [got.id for got in receiver.got if got.body["type"] == "incident.reported"]


def all_delivered(installation, count: int) -> bool:
    states = installation.rows("SELECT state FROM webhooks_delivery")
    return len(states) >= count and set(states) == {("delivered",)}


def test_killed_between_yes_and_mark_the_same_message_comes_again_under_its_id(told, receiver):
    line = "webhook.before_mark"
    with ExitStack() as stack:
        first = stack.enter_context(told.web("web-1", crash_at=line if told.is_embedded else ""))
        stack.enter_context(told.engine())
        if not told.is_embedded:
            stack.enter_context(Beat(env=told.env))
        dying = stack.enter_context(sender(told, "worker-1", line)) or first
        told.client("town11.clerk", first).insist("POST", "alarms/", alarm())
        eventually(lambda: receiver.got, seconds=60, what="it was told")
        if told.is_embedded:
            assert first.wait() == -9
        else:
            eventually(lambda: "SIGKILL" in dying.tail(200), seconds=60, what="its process was killed")
            dying.kill()
        assert told.rows("SELECT DISTINCT state FROM webhooks_delivery") == [("queued",)]

        # As if the time had passed in which nobody else may take it up.
        told.rows(LET_GO)
        stack.enter_context(told.web("web-2") if told.is_embedded else sender(told, "worker-2"))

        eventually(lambda: all_delivered(told, 1), seconds=60, what="all is delivered")
        ids = [got.id for got in receiver.got]
        assert len(ids) == len(set(ids)) + 1
        assert len(set(reported(receiver))) == 1


def test_a_receiver_that_was_away_is_told_all_of_it_when_it_is_back(told, receiver):
    with ExitStack() as stack:
        web = stack.enter_context(told.web())
        stack.enter_context(told.engine())
        if not told.is_embedded:
            stack.enter_context(Beat(env=told.env))
            stack.enter_context(sender(told, "worker"))
        receiver.status = 503
        duty = told.client("town11.clerk", web)
        for _n in range(3):
            duty.insist("POST", "alarms/", alarm())
        eventually(lambda: receiver.got, seconds=60, what="it was tried")

        receiver.status = 200

        eventually(lambda: all_delivered(told, 3), seconds=60, what="all is delivered")
        assert len(set(reported(receiver))) == 3
