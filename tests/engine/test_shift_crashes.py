"""SIGKILL between claim and send for what a beginning shift and its stand-in send out, text messages and calls.

The same message again under its own key is the repeat that is allowed: the provider shows it once (ADR 0104). A
second key for the same person, channel and reason would be a second ring, and a fault.
"""

import json
import time
from collections import defaultdict

import pytest

from tests.engine.test_crashes import PEOPLE, SHIFT, run
from tests.forked import python
from tests.gateways import FakeGateway

pytestmark = [pytest.mark.fault, pytest.mark.slow]

POINTS = [("notices.after_claim", 0), ("notices.sent_not_marked", 1), ("notices.after_mark", 0)]

#: One turn of the senders alone: a whole turn also says what the hour of day brings (a reminder after the cut-off).
SEND = """
from notices.sending import outbox
outbox.send_due(timezone.now())
"""
#: Nobody has confirmed in the rotation's minutes; and nobody waits to be called until the text message had its time.
NOT_CONFIRMED = """
on_duty(); begin_due(now)
Notice.objects.filter(channel="sms").delete()
Clock.objects.filter(subject__startswith="shift:", stopped_at=None).update(due_at=now - timedelta(seconds=1))
sweep(now)
Notice.objects.filter(channel="voice").update(visible_at=now)
"""
ROWS = """
import json
print(json.dumps([[one.recipient.phone, one.channel, one.purpose, one.key.hex, one.state]
    for one in Notice.objects.exclude(channel="app").select_related("recipient")]))
"""


def rows(env):
    """Person, channel and reason → the key and the state of what the outbox promised."""
    return {
        (to, way, why): (key, state)
        for to, way, why, key, state in json.loads(python(PEOPLE + ROWS, env=env))
    }


def keys_of_rings(gateway):
    """Person, channel and what was said → the keys it came under, one for each time it came."""
    rings = defaultdict(list)
    for message in gateway.messages():
        rings[message.to, message.channel, message.text].append(message.key)
    return rings


def assert_each_rang_once(env, gateway):
    """Nobody forgotten: every row is sent, under its key. Nobody told twice: no text under two keys."""
    promised, rings = rows(env), keys_of_rings(gateway)
    assert {state for _key, state in promised.values()} == {"sent"}
    assert all(len(set(keys)) == 1 for keys in rings.values()), "two keys for one person, channel and reason"
    assert sorted(keys[0] for keys in rings.values()) == sorted(key for key, _state in promised.values())
    return promised, rings


def kill_and_repeat(env, point, kills=1):
    for _kill in range(kills):
        assert run(env, crash_at=point, code=SEND) == -9
        # The claim of the dead one runs out.
        time.sleep(1.1)
    for _turn in range(2):
        assert run(env, code=SEND) == 0


@pytest.mark.parametrize(("point", "repeats"), POINTS)
def test_a_sender_killed_at_the_start_of_a_shift(bare_env, wired_gateway, point, repeats):
    python(PEOPLE + SHIFT + "on_duty(); begin_due(now)", env=bare_env)

    kill_and_repeat(bare_env, point)

    promised, rings = assert_each_rang_once(bare_env, wired_gateway)
    assert set(promised) == {("13900000002", "sms", "test.number")}
    assert [len(keys) for keys in rings.values()] == [1 + repeats]


@pytest.mark.parametrize("point", [point for point, _repeats in POINTS])
@pytest.mark.parametrize("kills", [1, 2])
def test_a_sender_killed_while_a_stand_in_is_rung(bare_env, wired_gateway, point, kills):
    """The stand-in and who did not confirm: one text message and one call each, whatever was killed."""
    python(PEOPLE + SHIFT + NOT_CONFIRMED, env=bare_env)
    assert len(rows(bare_env)) == 4

    kill_and_repeat(bare_env, point, kills)

    promised, rings = assert_each_rang_once(bare_env, wired_gateway)
    assert set(promised) == {
        (to, way, why)
        for to, why in (("13900000001", "shift.stand_in"), ("13900000002", "shift.not_confirmed"))
        for way in ("sms", "voice")
    }
    # All four leave together: whichever is marked first, the others may come again, once per kill.
    most = 1 if point == "notices.after_claim" else 1 + kills
    assert max(len(keys) for keys in rings.values()) <= most


def test_whoever_finds_the_stand_in_is_killed(bare_env, wired_gateway):
    """Nothing is promised before the commit; the next sweep promises it, once."""
    python(PEOPLE + SHIFT + NOT_CONFIRMED.partition("sweep(now)")[0], env=bare_env)

    assert run(bare_env, crash_at="clocks.before_effect_commit", code="sweep(now)") == -9
    assert rows(bare_env) == {}
    # The claim of the dead one runs out.
    for _sweep in range(2):
        assert run(bare_env, code="sweep(now + timedelta(seconds=11))") == 0
    assert run(bare_env, code="Notice.objects.update(visible_at=now)" + SEND) == 0

    assert len(assert_each_rang_once(bare_env, wired_gateway)[0]) == 4


#: What this process has seen of the first gateway.
FIRST_IS_POOR = """
from django.conf import settings
from notices.channels.health import FAILURES, PROVIDERS
for _failure in range(FAILURES):
    PROVIDERS.failed(settings.NOTICE_GATEWAY_URL)
"""


def test_a_sender_killed_after_the_second_gateway_took_the_message(bare_env, wired_gateway):
    """Its memory of the poor first gateway dies with it; the repeat still goes to the one that knows the key."""
    second = FakeGateway()
    try:
        env = bare_env | {"NOTICE_GATEWAY_URL_2": second.url}
        python(PEOPLE + SHIFT + NOT_CONFIRMED, env=env)

        assert run(env, crash_at="notices.sent_not_marked", code=FIRST_IS_POOR + SEND) == -9
        time.sleep(1.1)
        assert run(env, code=SEND) == 0

        assert wired_gateway.messages() == []
        assert_each_rang_once(env, second)
    finally:
        second.close()
