"""Two gateways in every combination of bad behaviour: an alert leaves through the healthy one, within its time.

Real servers on real lines; only the clock of the notices is the test's. The table at the end is the summary.
"""

import time
from datetime import timedelta

import pytest

from notices.channels.health import Providers
from notices.choices import State
from notices.models import Notice
from notices.sending import outbox
from notices.sending.dispatcher import THREADS, Senders
from tests.notices.lines import BadLine

SECOND = timedelta(seconds=1)
pytestmark = pytest.mark.slow
#: How long after it was queued an alert may leave: by then the auditor raises the alarm.
IN_TIME = 60
SICK = ["refused", "503", "429", "no_id", "hang", "drip_body", "drip_head", "endless"]


@pytest.fixture
def two(settings, monkeypatch):
    """two("hang", "ok") → the two gateways, with a deadline of half a second for each call."""
    settings.NOTICE_LEASE_SECONDS, settings.NOTICE_SLOW_SECONDS = 1.25, 0.3
    settings.NOTICE_GATEWAY_SECRET, settings.NOTICE_BUNDLE_SECONDS, settings.NOTICE_QUIET_HOURS = "s", 0, ""
    known = Providers()
    for place in ("gateway", "routes"):
        monkeypatch.setattr(f"notices.channels.{place}.PROVIDERS", known)
    monkeypatch.setattr(outbox, "_senders", {})
    monkeypatch.setattr("notices.sending.dispatcher.PATIENCE", 0.7)
    lines: list[BadLine] = []

    def make(*modes):
        for number, mode in enumerate(modes):
            line = BadLine("ok" if mode == "refused" else mode)
            lines.append(line)
            setattr(settings, f"NOTICE_GATEWAY_URL{'_2' if number else ''}", line.url)
            if mode == "refused":
                line.close()
        return lines

    yield make
    for line in lines:
        line.close()


def seconds_until_sent(now) -> int | None:
    """Turn the lane of the alerts as the engine would; the moment at which the last one had left."""
    for second in range(0, IN_TIME, 1):
        outbox.send_due(now + second * SECOND, max_priority=1)
        if not Notice.objects.filter(state=State.QUEUED).exists():
            return second
    return None


@pytest.mark.parametrize("healthy", [0, 1], ids=["first healthy", "second healthy"])
@pytest.mark.parametrize("sick", SICK)
def test_an_alert_leaves_through_the_healthy_gateway(two, tell, now, sick, healthy):
    lines = two(*(["ok", sick] if healthy == 0 else [sick, "ok"]))
    tell("county1.duty", "county1.director", "county1.leader", priority=1)

    seconds = seconds_until_sent(now)

    assert seconds is not None, f"nobody was told while one gateway was {sick}"
    assert set(Notice.objects.values_list("state", "gateway")) == {(State.SENT, str(healthy + 1))}
    assert len({message["to"] for message in lines[healthy].received}) == 3


def test_two_that_number_alike_and_one_that_answers_late_tell_everybody_once(two, tell, now):
    first, second = two("numbers", "numbers")
    for number, name in enumerate(("county1.duty", "county1.director", "county1.leader")):
        tell(name, subject=f"warning:{number}", priority=1)
        outbox.send_due(now + number * SECOND, max_priority=1)
        first.mode, first.delay = "late", 0.4

    assert seconds_until_sent(now + 5 * SECOND) is not None
    told = [message["to"] for line in (first, second) for message in line.received]
    assert len(set(told)) == 3


def test_a_gateway_that_is_full_of_what_hangs_gives_way_and_no_channel_stops(
    two, tell, cast, now, monkeypatch
):
    """The lane has as much under way at the first gateway as one may have: the next alert goes to the second."""
    monkeypatch.setattr(outbox, "PER_PROVIDER", 2)
    monkeypatch.setattr("notices.channels.health.Providers.is_poor", lambda self, url: False)
    monkeypatch.setattr("notices.sending.dispatcher.PATIENCE", 0.0)
    _first, second = two("hang", "ok")
    tell("county1.director", "county1.leader", subject="warning:1", priority=1)
    outbox.send_due(now, max_priority=1)
    tell("county1.duty", subject="warning:2", priority=1)
    outbox.send_due(now + SECOND, max_priority=1)
    end = time.monotonic() + 20
    while Notice.objects.get(subject="warning:2").state != State.SENT and time.monotonic() < end:
        outbox.send_due(now + SECOND, max_priority=1)

    assert Notice.objects.get(subject="warning:2").gateway == "2"
    assert len(second.received) >= 1


def test_one_provider_that_hangs_takes_no_thread_another_one_needs():
    assert len(["1", "2", "wecom", "dingtalk", "feishu", "email", "chat"]) * outbox.PER_PROVIDER <= THREADS
    assert Senders().full(1) == []
