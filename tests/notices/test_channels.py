"""The other ways to a person: chat groups, e-mail, and two gateways of which one is slow."""

import smtplib
import threading
import time
from datetime import timedelta

import pytest
import time_machine
from django.core import mail

from notices.channels.answers import Answer
from notices.channels.gateway import read_answer
from notices.channels.health import Providers
from notices.channels.routes import Routes
from notices.choices import State
from notices.models import Notice
from notices.sending import outbox
from tests.gateways import Robot
from tests.notices.lines import BadLine

SECOND = timedelta(seconds=1)


@pytest.fixture
def robot(settings, gateway):
    made = Robot()
    settings.NOTICE_BOTS = dict.fromkeys(("wecom", "dingtalk", "feishu"), made.url)
    yield made
    made.close()


@pytest.fixture
def fresh(monkeypatch):
    """Providers nobody knows anything of yet."""
    known = Providers()
    for place in ("gateway", "routes"):
        monkeypatch.setattr(f"notices.channels.{place}.PROVIDERS", known)
    return known


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("wecom", lambda text, numbers: {"msgtype": "text", "text": {"content": text, "mentioned_mobile_list": numbers}}),
        ("dingtalk", lambda text, numbers: {"msgtype": "text", "text": {"content": text}, "at": {"atMobiles": numbers}}),
        ("feishu", lambda text, numbers: {"msg_type": "text", "content": {"text": text}}),
    ],
)  # fmt: skip
def test_a_group_is_told_once_and_names_everybody(robot, tell, cast, now, channel, expected):
    robot.mode = "feishu" if channel == "feishu" else "ok"
    tell("county1.duty", "county1.director", channels=[channel], priority=1)

    outbox.send_due(now)

    people = [cast["county1.duty"], cast["county1.director"]]
    text = "橙色预警\n" + "、".join(f"@{person}" for person in people)
    ((path, body),) = robot.received
    assert body == expected(text, sorted(person.phone for person in people))
    assert path == "/robot?key=k"
    assert set(Notice.objects.values_list("state", flat=True)) == {State.SENT}


@pytest.mark.parametrize(
    ("mode", "state"),
    [("busy", State.QUEUED), ("down", State.QUEUED), ("no", State.FAILED), ("odd", State.FAILED)],
)
def test_a_group_that_does_not_take_it(robot, tell, now, mode, state):
    robot.mode = mode
    tell("county1.duty", channels=["wecom"])
    outbox.send_due(now)

    assert Notice.objects.get().state == state


def test_signed_groups_get_a_signature(robot, tell, settings, now):
    settings.NOTICE_BOT_SECRETS = {"dingtalk": "s", "feishu": "s"}
    tell("county1.duty", channels=["dingtalk", "feishu"])
    outbox.send_due(now)

    paths = {path for path, _body in robot.received}
    assert any("&timestamp=" in path and "&sign=" in path for path in paths)
    assert any({"timestamp", "sign"} <= set(body) for _path, body in robot.received)


def test_a_group_that_is_not_set_up_is_not_queued(gateway, tell):
    assert tell("county1.duty", channels=["wecom", "email"]) == []


def test_mail_goes_by_djangos_own_backend(gateway, tell, cast, settings, now):
    settings.EMAIL_HOST = "mail.invalid"
    cast["county1.duty"].email = "duty@example.invalid"
    cast["county1.duty"].save()
    tell("county1.duty", "county1.director", channels=["email"])
    outbox.send_due(now)

    (message,) = mail.outbox
    assert (message.to, message.subject) == (["duty@example.invalid"], "橙色预警")
    by_person = dict(Notice.objects.values_list("recipient__username", "last_error"))
    assert by_person == {"county1.duty": "", "county1.director": "no e-mail address"}


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPServerDisconnected("away"), State.QUEUED),
        (smtplib.SMTPRecipientsRefused({}), State.FAILED),
    ],
)
def test_a_mail_server_that_fails(gateway, tell, cast, settings, now, monkeypatch, error, state):
    settings.EMAIL_HOST = "mail.invalid"
    cast["county1.duty"].email = "duty@example.invalid"
    cast["county1.duty"].save()

    def send(self, *args, **kwargs):
        raise error

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send)
    tell("county1.duty", channels=["email"])
    outbox.send_due(now)

    assert Notice.objects.get().state == state


@pytest.mark.slow
def test_a_gateway_that_hangs_delays_nobody_on_another_channel(
    robot, gateway, fresh, tell, settings, now, monkeypatch
):
    """Thirty seconds of silence: the chat group has its message at once, and the turn is soon over."""
    settings.NOTICE_LEASE_SECONDS = 40
    monkeypatch.setattr("notices.sending.dispatcher.PATIENCE", 0.5)
    gateway.mode = "hang"
    tell(
        *[f"county1.{name}" for name in ("duty", "director", "leader")], channels=["sms", "wecom"], priority=1
    )

    began = time.monotonic()
    outbox.send_due(now)
    assert time.monotonic() - began < 3
    assert set(Notice.objects.filter(channel="wecom").values_list("state", flat=True)) == {State.SENT}
    assert set(Notice.objects.filter(channel="sms").values_list("state", flat=True)) == {State.QUEUED}

    gateway.mode = "ok"
    gateway.release.set()
    time.sleep(0.5)
    outbox.send_due(now + SECOND)
    assert set(Notice.objects.filter(channel="sms").values_list("state", flat=True)) == {State.SENT}
    assert len(gateway.on_phones()) == 3


@pytest.mark.slow
def test_a_slow_gateway_is_passed_over_for_the_other(
    gateway, second_gateway, fresh, tell, settings, now, monkeypatch
):
    settings.NOTICE_SLOW_SECONDS = 0.2
    monkeypatch.setattr("notices.sending.dispatcher.PATIENCE", 0.5)
    gateway.mode = "hang"
    tell("county1.duty", subject="warning:1", priority=1)
    outbox.send_due(now)
    tell("county1.director", subject="warning:2", priority=1)
    outbox.send_due(now + SECOND)

    assert Notice.objects.get(subject="warning:2").state == State.SENT
    assert len(second_gateway.messages()) == 1
    gateway.mode = "ok"
    gateway.release.set()
    time.sleep(0.3)
    outbox.send_due(now + 2 * SECOND)
    gateway.messages()


@pytest.mark.parametrize("forgets", [False, True])
def test_a_repeat_stays_with_the_gateway_that_knows_the_key(
    gateway, second_gateway, fresh, tell, now, forgets
):
    """It began with the second gateway, whose answer was lost: nobody is told twice, whoever repeats it."""
    for _failure in range(3):
        fresh.failed(gateway.url)
    second_gateway.mode = "accept_then_503"
    tell("county1.duty", priority=1)
    outbox.send_due(now)
    second_gateway.mode = "ok"
    if forgets:
        fresh.__init__()
    outbox.send_due(now + 30 * SECOND)

    assert Notice.objects.get().state == State.SENT
    assert len({message.key for message in second_gateway.messages()}) == 1
    assert (len(second_gateway.messages()), len(gateway.messages())) == (2, 0)


@pytest.mark.parametrize("by_second", [False, True])
def test_the_other_gateway_has_every_second_attempt_after_the_second(by_second):
    began, other = ("2", "1") if by_second else ("1", "2")
    routes = Routes(("1", "2"), full=frozenset(), poor=frozenset())

    asked = [routes.for_attempt(attempt, by_second, "sms") for attempt in range(1, 8)]

    assert asked == [began, began, other, began, other, began, other]


def test_a_second_gateway_taken_away_leaves_the_first():
    routes = Routes(("1",), full=frozenset({"1"}), poor=frozenset({"1"}))

    assert [routes.for_attempt(attempt, True, "sms") for attempt in (1, 2, 3)] == ["1"] * 3


@pytest.mark.parametrize(
    ("full", "poor", "asked"),
    [
        ("", "", "1"),
        ("1", "", "2"),
        ("", "1", "2"),
        ("2", "1", "1"),
        ("", "12", "1"),
        ("1", "2", "2"),
        ("1", "12", "2"),
        ("12", "", "1"),
    ],
)
def test_a_full_or_poor_gateway_is_passed_over_for_the_other(full, poor, asked):
    routes = Routes(("1", "2"), full=frozenset(full), poor=frozenset(poor))

    assert routes.for_attempt(2, by_second=False, channel="sms") == asked
    assert routes.begins_with_second() == (asked == "2")


def test_only_a_channel_none_of_whose_providers_has_room_is_closed():
    def closed(full):
        return Routes(("1", "2"), full=frozenset(full), poor=frozenset()).closed_channels()

    assert closed({"1"}) == []
    assert closed({"1", "2"}) == ["sms", "voice"]
    assert closed({"1", "wecom", "email"}) == ["wecom", "email"]


def test_three_failures_make_a_provider_poor_for_a_minute(settings):
    clock = [0.0]
    known = Providers(lambda: clock[0])
    for _ in range(2):
        known.failed("a")
    assert not known.is_poor("a")
    known.failed("a")
    assert known.is_poor("a")
    clock[0] = 60.0
    assert not known.is_poor("a")


def test_one_good_answer_clears_a_provider(settings):
    known = Providers()
    for _ in range(3):
        known.failed("a")
    known.answered("a", 0.1)

    assert not known.is_poor("a")


def test_silence_right_now_counts_as_slow(settings):
    clock = [0.0]
    known = Providers(lambda: clock[0])
    with known.asked("a"):
        clock[0] = settings.NOTICE_SLOW_SECONDS + 1
        assert known.is_poor("a")
    assert not known.is_poor("a")


def test_what_is_under_way_is_counted_by_provider(gateway, tell, cast, now, monkeypatch):
    senders = outbox.Senders()
    release = threading.Event()
    monkeypatch.setattr(
        "notices.sending.dispatcher.sender_of", lambda channel: lambda parcel, timeout: release.wait(5)
    )
    tell("county1.duty", "county1.director", channels=["sms"])
    rows = list(Notice.objects.select_related("recipient"))
    senders.begin([[row] for row in rows], now)

    assert senders.full(2) == ["1"]
    assert senders.full(3) == []
    release.set()


# --- what a text may hold -------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["wecom", "dingtalk", "feishu"])
def test_markup_in_a_text_or_a_name_rings_with_nobody(robot, tell, cast, now, channel):
    robot.mode = "feishu" if channel == "feishu" else "ok"
    cast["county1.duty"].name = "<at user_id='all'></at>"
    cast["county1.duty"].save()
    tell("county1.duty", channels=[channel], text_zh='<at user_id="all">所有人</at> @all 聚集', priority=1)
    outbox.send_due(now)

    ((_path, body),) = robot.received
    said = str(body)
    assert "<at" not in said
    assert "</at" not in said
    assert "所有人" in said


def test_a_message_to_many_people_stays_within_what_the_group_takes(robot, tell, cast, now):
    for person in cast.values():
        person.name = f"{person.username[:12]}{'长' * 28}"[:40]
        person.save()
    tell(*cast, channels=["wecom"], text_zh="聚" * 600, priority=1)
    outbox.send_due(now)

    ((_path, body),) = robot.received
    assert len(body["text"]["content"].encode()) <= 2048
    assert body["text"]["content"].startswith("聚" * 500)


@pytest.mark.parametrize(
    "ending", ["\r\n二楼", "\r二楼", "\x0b二楼", "\u2028二楼", "\r\nBcc: all@example.invalid"]
)
def test_mail_with_a_line_break_in_its_matter_leaves(gateway, tell, cast, settings, now, ending):
    settings.EMAIL_HOST = "mail.invalid"
    cast["county1.duty"].email = "duty@example.invalid"
    cast["county1.duty"].save()
    tell("county1.duty", channels=["email"], text_zh=f"大厅{ending}聚集")
    outbox.send_due(now)

    (message,) = mail.outbox
    assert message.subject.startswith("大厅")
    assert message.recipients() == ["duty@example.invalid"]
    assert Notice.objects.get().state == State.SENT


def test_control_characters_reach_no_gateway(gateway, tell, now):
    tell("county1.duty", text_zh="大厅\x1b[31m\r\n聚集\x7f")
    outbox.send_due(now)

    (message,) = gateway.messages()
    assert message.text == "大厅 [31m\n聚集 "


# --- a provider that asks for patience ------------------------------------------------------------------------


@pytest.fixture
def line():
    line = BadLine("429")
    yield line
    line.close()


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("30", 30),
        ("", 1),
        ("0", 1),
        ("86400", 60),
        ("-5", 1),
        ("x", 1),
        ("9" * 400, 60),
        ("Sun, 22 Nov 2026 01:00:20 GMT", 20),
    ],
)
def test_too_many_requests_is_a_wait_and_no_refusal(gateway, line, fresh, tell, settings, now, said, seconds):
    settings.NOTICE_GATEWAY_URL, line.retry_after = line.url, said
    tell("county1.duty")
    with time_machine.travel(now, tick=False):
        outbox.send_due(now)

    notice = Notice.objects.get()
    assert notice.state == State.QUEUED
    assert seconds - 1 <= (notice.visible_at - now).total_seconds() <= seconds + 3


def test_with_a_second_gateway_nobody_waits_for_the_busy_one(
    gateway, second_gateway, line, fresh, tell, settings, now
):
    settings.NOTICE_GATEWAY_URL, line.retry_after = line.url, "50"
    tell("county1.duty", priority=1)
    outbox.send_due(now)
    outbox.send_due(now + 3 * SECOND)

    assert Notice.objects.get().state == State.SENT
    assert len(second_gateway.messages()) == 1


def test_a_group_that_answers_429_is_asked_again(robot, line, tell, settings, now):
    settings.NOTICE_BOTS = {"wecom": line.url}
    tell("county1.duty", channels=["wecom"])
    outbox.send_due(now)

    assert Notice.objects.get().state == State.QUEUED


@pytest.mark.parametrize(
    "said", ["{}", '{"id": null}', '{"id": ""}', '{"id": {}}', "[]", "<html>", "\xff", '{"id": true}']
)
def test_an_answer_without_an_id_is_no_acceptance(said):
    answer = Answer(200, said.encode("latin-1"), {})

    assert read_answer(answer).kind == "again"
