"""What may wait goes out as one message; what may not, never waits; an outage that ends does not flood."""

from datetime import datetime, time, timedelta

import pytest

from common.dates.local_time import LOCAL
from notices import actions
from notices.choices import ALERT, ORDER, ROUTINE, TEST, State
from notices.models import Notice
from notices.rules import QuietHours, first_moment, quiet_hours
from notices.sending import outbox

SECOND = timedelta(seconds=1)
NIGHT = QuietHours(time(22), time(7))


def at(hour, minute=0, second=0):
    return datetime(2026, 11, 22, hour, minute, second, tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [
        (at(21, 59, 59), at(21, 59, 59)),
        (at(22), at(7) + timedelta(days=1)),
        (at(23, 30), at(7) + timedelta(days=1)),
        (at(0), at(7)),
        (at(6, 59, 59), at(7)),
        (at(7), at(7)),
        (at(12), at(12)),
    ],
)
def test_nothing_routine_rings_at_night(moment, leaves):
    assert first_moment(ROUTINE, moment, timedelta(0), NIGHT) == leaves


@pytest.mark.parametrize("lane", [ALERT, ORDER, TEST])
def test_what_is_urgent_rings_at_any_hour(lane):
    assert first_moment(lane, at(3), timedelta(minutes=1), NIGHT) == at(3)


def test_quiet_hours_within_a_day():
    assert quiet_hours("12:00-13:30").ends_after(at(12, 30)) == at(13, 30)
    assert quiet_hours("") is None


def test_reminders_to_one_person_are_one_message(gateway, tell, now):
    for number in range(3):
        tell("county1.duty", subject=f"report:{number}", text_zh=f"提醒{number}", text_en="")
    tell("county1.director", subject="report:0", text_zh="提醒0", text_en="")

    outbox.send_due(now)

    texts = sorted(message.text for message in gateway.messages())
    assert texts == ["3条通知：\n· 提醒0\n· 提醒1\n· 提醒2", "提醒0"]
    assert set(Notice.objects.values_list("state", flat=True)) == {State.SENT}


def test_warnings_are_never_bundled(gateway, tell, now):
    for number in range(3):
        tell("county1.duty", subject=f"warning:{number}", priority=ALERT)
    outbox.send_due(now)

    assert len(gateway.messages()) == 3


def test_a_bundle_keeps_its_key_from_attempt_to_attempt(gateway, tell, now):
    for number in range(3):
        tell("county1.duty", subject=f"report:{number}", text_zh=f"提醒{number}", text_en="")
    gateway.mode = "accept_then_503"
    outbox.send_due(now)
    tell("county1.duty", subject="report:9", text_zh="后来的", text_en="", at=now + SECOND)
    gateway.mode = "ok"
    for second in range(1, 6):
        outbox.send_due(now + second * SECOND)

    keys = [message.key for message in gateway.messages()]
    assert len(set(keys)) == 2
    assert len(gateway.on_phones()) == 2


@pytest.mark.parametrize("priority", [ALERT, ROUTINE])
def test_an_outage_that_ends_is_one_summary_per_person(gateway, tell, now, priority):
    for number in range(40):
        tell(
            "county1.duty",
            subject=f"warning:{number}",
            text_zh=f"预警{number}",
            text_en="",
            priority=priority,
        )

    outbox.send_due(now + timedelta(hours=2))

    (message,) = gateway.messages()
    assert message.text.startswith("40条通知：\n· 预警0\n")
    assert len(message.text) <= 201
    assert not Notice.objects.exclude(state=State.SENT).exists()


def test_a_report_on_a_summary_is_a_report_on_each(gateway, tell, now):
    from notices.incoming import gateway_events

    for number in range(2):
        tell("county1.duty", subject=f"report:{number}", text_zh=f"提醒{number}", text_en="")
    outbox.send_due(now)
    (message,) = gateway.messages()
    gateway_events.receive(
        gateway_events.Report(provider_id=f"p-{message.key}", event="reply", reply="１", at=now), now=now
    )

    assert set(Notice.objects.values_list("state", flat=True)) == {State.ACKNOWLEDGED}


def test_confirmed_on_screen_leaves_its_bundle(gateway, tell, cast, now):
    tell("county1.duty", subject="report:0", channels=["app", "sms"], text_zh="提醒0", text_en="")
    tell("county1.duty", subject="report:1", channels=["sms"], text_zh="提醒1", text_en="")
    gateway.mode = "503"
    outbox.send_due(now)
    gateway.mode = "ok"
    actions.acknowledge_notice(
        notice_id=Notice.objects.get(channel="app").pk, actor=cast["county1.duty"], now=now
    )
    for second in range(1, 5):
        outbox.send_due(now + second * SECOND)

    assert gateway.messages()[-1].text == "提醒1"
