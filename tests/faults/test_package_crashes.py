"""SIGKILL while a package goes out, at each line between its first order and the last message: all of it or nothing,
and nobody is told twice. The same for what comes of a start, and of reports upward and to a centre.
"""

import signal
from collections import Counter
from contextlib import suppress

import pytest

from tests.clients import BROKEN
from tests.faults import acts
from tests.processes import eventually, together

pytestmark = [pytest.mark.fault, pytest.mark.slow]

ORDERS = "SELECT count(*) FROM command_order"
LINES = "SELECT count(*) FROM command_packageline WHERE order_id IS NOT NULL"
#: Everybody whom an order has to reach, by each way once.
TOLD = "SELECT count(*) FROM notices_notice WHERE purpose = 'order.issued'"
TOLD_TWICE = """
SELECT recipient_id, channel, purpose, subject FROM notices_notice
GROUP BY recipient_id, channel, purpose, subject HAVING count(*) > 1
"""

#: Where the server dies, and whether the package had been stored by then.
POINTS = [
    ("orders.before_commit", False),
    ("packages.before_commit", False),
    ("api.before_commit", False),
    ("journal.before_numbering", True),
    ("api.before_answer", True),
]


@pytest.mark.parametrize(("point", "is_stored"), POINTS, ids=[point for point, _stored in POINTS])
def test_a_package_goes_out_whole_or_not_at_all(installation, point, is_stored):
    calm, web = installation.web("calm"), installation.web(crash_at=point)
    with together(calm):
        act = acts.issue_package(installation, calm)
    with together(web):
        act.client.send_to(web)
        with pytest.raises(BROKEN):
            act.call()
        assert web.wait() == -signal.SIGKILL

        stored = 3 if is_stored else 0
        assert (installation.one(ORDERS), installation.one(LINES)) == (stored, stored)
        assert bool(installation.one(TOLD)) == is_stored
        web.restart(CRASH_AT="")
        first, again = act.call(), act.call()

    assert first.status == again.status == 201
    assert first.body == again.body
    assert (installation.one(ORDERS), installation.one(LINES)) == (3, 3)
    assert installation.one(act.count) == 1
    assert len({*installation.rows("SELECT target_squad FROM command_order")}) == 3
    assert installation.rows(TOLD_TWICE) == []


@pytest.mark.parametrize("point", ["notices.after_claim", "notices.sent_not_marked", "notices.after_mark"])
def test_a_sender_killed_while_a_package_is_told(installation, outer_gateway, point):
    """Every order reaches everybody it is for. What was handed over before the end is handed over again at most once,
    under the same key: the gateway knows it."""
    calm = installation.web("calm")
    with together(calm, *(() if installation.is_embedded else (installation.engine("calm-engine"),))):
        act = acts.issue_package(installation, calm)
        eventually(lambda: not waiting(installation), seconds=40, what="the start of the response is told")
    outer_gateway.messages()
    told_before = len(outer_gateway.received)

    sender = installation.web("dying", crash_at=point)
    web = sender if installation.is_embedded else installation.web("web")
    if web is not sender:
        sender = installation.engine("dying", crash_at=point)
    with together(*{web: None, sender: None}):
        act.client.send_to(web)
        with suppress(*BROKEN):
            act.call()
        assert sender.wait() == -signal.SIGKILL
        sender.restart(CRASH_AT="")
        assert act.call().status == 201
        eventually(lambda: not waiting(installation), seconds=40, what="every notice is sent")

    keys = Counter(message.key for message in outer_gateway.messages()[told_before:])
    # Several messages are under way at a time: those that were handed over and not yet marked come once more.
    assert set(keys.values()) <= ({1} if point == "notices.after_claim" else {1, 2})
    assert installation.one(f"{TOLD} AND channel <> 'app' AND state = 'queued'") == 0
    assert installation.one(ORDERS) == 3
    assert installation.rows(TOLD_TWICE) == []


def waiting(installation) -> int:
    return installation.one("SELECT count(*) FROM notices_notice WHERE state = 'queued'")
