"""Messages to one person's chat: what each service gets, what each answer leads to, and what a text message asked for."""

import os
import string
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from django.conf import settings as real
from django.db import transaction

from config.environment import _CHATS
from notices.channels.chats import NAMES, Token, chat_provider, is_user_id
from notices.channels.chats.tokens import Tokens
from notices.choices import ALERT, ORDER, ROUTINE, TEST, State
from notices.models import Callout, Notice
from notices.reading.delivery_proof import proof_sheet_of
from notices.recipients import Recipient
from notices.relevance import validity
from notices.rules import Escalation, StepLine
from notices.sending import bulk, outbox
from notices.sending.message_templates import WORDINGS, Message, render
from notices.silence import escalation
from tests.chats import ALL

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def tokens(monkeypatch):
    kept = Tokens()
    monkeypatch.setattr("notices.channels.chat.TOKENS", kept)
    return kept


@pytest.fixture
def service(request, settings, tokens):
    """The configured chat service: WeCom, unless a test names another."""
    name = getattr(request, "param", "wecom")
    made = ALL[name]()
    settings.NOTICE_CHAT_PROVIDER = name
    settings.NOTICE_CHAT = {"url": made.url, "app": made.app, "secret": made.secret, "agent": made.agent}
    settings.NOTICE_BUNDLE_SECONDS, settings.NOTICE_QUIET_HOURS = 0, ""
    yield made
    made.close()


each = pytest.mark.parametrize("service", NAMES, indirect=True)


@pytest.fixture
def in_chat(cast):
    """The duty officer has an id at the service; nobody else has."""
    person = cast["county1.duty"]
    person.chat_id = "zhang.san"
    person.save()
    return person


def by_channel(**found) -> dict[str, str]:
    rows = Notice.objects.filter(recipient__username="county1.duty", **found)
    return dict(rows.values_list("channel", "state"))


# --- what a service gets ---------------------------------------------------------------------------------------


@each
def test_one_person_is_told_with_a_token_that_is_asked_for_once(service, tell, in_chat, now):
    for number in range(3):
        tell("county1.duty", channels=["chat"], subject=f"warning:{number}", priority=ALERT)
        outbox.send_due(now)

    assert [service.read(one) for one in service.received] == [("zhang.san", "橙色预警")] * 3
    assert service.tokens == 1
    assert set(Notice.objects.values_list("state", "provider_id")) == {(State.SENT, "xxxx")}


@each
def test_a_token_refused_before_its_time_is_renewed_once(service, tell, in_chat, now):
    tell("county1.duty", channels=["chat"], subject="warning:1", priority=ALERT)
    outbox.send_due(now)
    service.renew()
    tell("county1.duty", channels=["chat"], subject="warning:2", priority=ALERT)
    outbox.send_due(now)

    assert (service.tokens, len(service.received)) == (2, 2)


@each
def test_a_service_that_refuses_every_token_of_its_own_is_not_asked_for_ever(service, tell, in_chat, now):
    service.gives_stale = True
    tell("county1.duty", channels=["chat"])
    outbox.send_due(now)

    notice = Notice.objects.get()
    assert (notice.state, notice.last_error) == (State.FAILED, "refused by the provider: key (expired)")
    assert service.tokens == 2


KINDS = {
    "user": (State.FAILED, "refused by the provider: user ("),
    "text": (State.FAILED, "refused by the provider: text ("),
    "account": (State.FAILED, "refused by the provider: account ("),
    "key": (State.FAILED, "refused by the provider: key ("),
    "limit": (State.QUEUED, "the provider is busy ("),
    "flood": (State.QUEUED, "the provider is busy ("),
    "unknown": (State.QUEUED, "the gateway answered "),
    "down": (State.QUEUED, "the gateway answered 502"),
    "lie": (State.QUEUED, "the gateway answered "),
}


@each
@pytest.mark.parametrize("mode", KINDS)
def test_each_answer_means_taken_later_or_never(service, tell, in_chat, now, mode):
    service.mode = mode
    tell("county1.duty", channels=["chat"], priority=ALERT)
    outbox.send_due(now)

    notice = Notice.objects.get()
    state, error = KINDS[mode]
    assert notice.state == state
    assert notice.last_error.startswith(error)
    assert service.received == []


@each
@pytest.mark.parametrize("mode", ["limit", "flood"])
def test_a_service_that_is_busy_is_left_alone_for_a_while(service, tell, in_chat, now, mode):
    service.mode = mode
    tell("county1.duty", channels=["chat"], priority=ALERT)
    outbox.send_due(now)

    assert timedelta(seconds=0.5) < Notice.objects.get().visible_at - now < timedelta(seconds=65)


@each
def test_somebody_the_service_does_not_know_is_not_told_however_it_says_so(service, tell, in_chat, now):
    in_chat.chat_id = "Nobody"
    in_chat.save()
    tell("county1.duty", channels=["chat"])
    outbox.send_due(now)

    notice = Notice.objects.get()
    assert notice.state == State.FAILED
    assert "人员页更正" in notice.reason


@pytest.mark.parametrize("service", ["dingtalk"], indirect=True)
def test_a_member_who_has_had_too_many_is_told_later(service, tell, in_chat, now):
    service.controlled = ("zhang.san",)
    tell("county1.duty", channels=["chat"])
    outbox.send_due(now)

    assert Notice.objects.get().state == State.QUEUED


@each
@pytest.mark.parametrize("mode", ["hang", "late"])
def test_an_answer_that_does_not_come_in_time_is_asked_for_again(service, tell, in_chat, settings, now, mode):
    settings.NOTICE_LEASE_SECONDS = 0.5
    service.mode = mode
    tell("county1.duty", channels=["chat"], priority=ALERT)
    began = time.monotonic()
    outbox.send_due(now)

    assert time.monotonic() - began < 2
    assert (Notice.objects.get().state, Notice.objects.get().last_error) == (State.QUEUED, "ReadTimeout")


@pytest.mark.parametrize("service", ["feishu"], indirect=True)
def test_feishu_is_given_the_same_uuid_again(service, tell, in_chat, now):
    service.mode = "twice"
    tell("county1.duty", channels=["chat"], priority=ALERT)
    outbox.send_due(now)
    outbox.send_due(now + 5 * SECOND)

    assert Notice.objects.get().state == State.SENT
    assert len(service.received) == 2
    assert len({one["uuid"] for one in service.received}) == 1


def test_an_edition_without_a_number_for_messages_has_taken_it_all_the_same(
    service, tell, in_chat, now, monkeypatch
):
    monkeypatch.setattr(service, "taken", lambda said: (200, {"errcode": 0, "errmsg": "ok"}))
    tell("county1.duty", channels=["chat"])
    outbox.send_due(now)

    assert Notice.objects.get().state == State.SENT


@pytest.mark.parametrize("written", ["@all", "a|b", "", "张三", "a b", "a" * 65, "zhang\n", "-a"])
def test_nobody_but_one_person_is_ever_addressed(service, tell, in_chat, now, written):
    assert not is_user_id(written)
    in_chat.chat_id = written
    in_chat.save()
    tell("county1.duty", channels=["chat"])
    outbox.send_due(now)

    assert service.asked == []
    assert Notice.objects.get().state == State.FAILED


@each
def test_markup_rings_with_nobody_and_control_characters_stay_here(service, tell, in_chat, now):
    tell("county1.duty", channels=["chat"], text_zh='<at user_id="all">\x1b</at> 聚集', priority=ALERT)
    outbox.send_due(now)

    (said,) = [service.read(one)[1] for one in service.received]
    assert said == '＜at user_id="all"＞ ＜/at＞ 聚集'


def test_of_many_senders_one_asks_for_the_token(tokens):
    account, asked, opened = object(), [], threading.Event()
    provider = chat_provider("wecom")

    def ask():
        asked.append(1)
        opened.wait(2)
        return Token("t", 7200)

    found = []
    threads = [
        threading.Thread(target=lambda: found.append(tokens.get(account, ask, time.monotonic() + 2)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    opened.set()
    for thread in threads:
        thread.join()

    assert (found, len(asked), provider.most_bytes) == (["t"] * 8, 1, 2048)


def test_the_settings_and_the_code_name_the_same_services():
    assert _CHATS == NAMES
    assert real.NOTICE_CHAT_PROVIDER == ""


# --- what a text message asked for -----------------------------------------------------------------------------


def test_without_a_chat_service_nothing_changes(gateway, tell, in_chat):
    tell("county1.duty", channels=["app", "sms", "chat"], priority=ALERT)

    assert set(by_channel()) == {"app", "sms"}


@pytest.mark.parametrize(
    ("asked", "priority", "has_id", "queued"),
    [
        (["app", "sms"], ALERT, True, {"app", "sms", "chat"}),
        (["app", "sms"], ORDER, True, {"app", "sms", "chat"}),
        (["app", "sms"], ROUTINE, True, {"app", "sms", "chat"}),
        (["app", "sms"], TEST, True, {"app", "sms"}),
        (["app", "sms"], ALERT, False, {"app", "sms"}),
        (["app", "voice"], ALERT, True, {"app", "voice"}),
        (["app"], ALERT, True, {"app"}),
        (["chat"], ALERT, True, {"chat"}),
        (["chat"], ALERT, False, {"chat"}),
        (["sms", "chat"], TEST, True, {"sms", "chat"}),
    ],
)
def test_who_has_an_id_is_told_there_where_a_text_message_is_asked_for(
    gateway, service, tell, cast, in_chat, asked, priority, has_id, queued
):
    if not has_id:
        in_chat.chat_id = ""
        in_chat.save()
    tell("county1.duty", channels=asked, priority=priority)

    assert set(by_channel()) == queued


def test_an_alert_leaves_both_ways_at_once(gateway, service, tell, in_chat, now):
    tell("county1.duty", channels=["sms"], priority=ALERT)
    outbox.send_due(now)

    assert by_channel() == {"sms": State.SENT, "chat": State.SENT}
    assert len(gateway.messages()) == 1


def test_a_routine_notice_costs_no_text_message_where_the_chat_took_it(gateway, service, tell, in_chat, now):
    tell("county1.duty", "county1.director", channels=["sms"], priority=ROUTINE)
    outbox.send_due(now)
    outbox.send_due(now + 6 * MINUTE)

    assert by_channel() == {"sms": State.CANCELLED, "chat": State.SENT}
    assert [message.to for message in gateway.messages()] == [
        Notice.objects.get(recipient__username="county1.director").recipient.phone
    ]


def test_a_routine_notice_that_the_chat_refuses_is_a_text_message_at_once(
    gateway, service, tell, in_chat, now
):
    service.mode = "user"
    tell("county1.duty", channels=["sms"], priority=ROUTINE)
    outbox.send_due(now)
    outbox.send_due(now + SECOND)

    assert by_channel() == {"sms": State.SENT, "chat": State.FAILED}
    assert len(gateway.messages()) == 1


def test_a_chat_service_that_is_down_holds_a_routine_text_message_up_for_five_minutes(
    gateway, service, tell, in_chat, now
):
    service.mode = "down"
    tell("county1.duty", channels=["sms"], priority=ROUTINE)
    outbox.send_due(now)
    outbox.send_due(now + 4 * MINUTE)
    assert by_channel()["sms"] == State.QUEUED

    outbox.send_due(now + 5 * MINUTE)

    assert by_channel()["sms"] == State.SENT
    assert len(gateway.messages()) == 1


def test_a_text_message_is_not_held_beyond_the_moment_it_is_for(gateway, service, tell, in_chat, now):
    tell("county1.duty", channels=["sms"], priority=ROUTINE, expires_at=now + 4 * MINUTE)

    assert Notice.objects.get(channel="sms").visible_at == now


def test_thousands_of_reminders_go_the_same_ways(gateway, service, in_chat, cast, units, now):
    people = [Recipient(in_chat, ""), Recipient(cast["county1.director"], "")]
    note = bulk.Note(
        subject="report:1", unit=units["C1"], recipients=people, message=Message("今日零报告未报")
    )
    validity.CHECKS["report"] = validity.always
    with transaction.atomic():
        told = bulk.queue_many(
            [note], channels=["app", "sms"], purpose="report.due", thread="round:1", priority=ROUTINE,
            expires_at=now + 60 * MINUTE, now=now,
        )  # fmt: skip

    assert told == 2
    assert set(by_channel()) == {"app", "sms", "chat"}
    held = dict(Notice.objects.filter(channel="sms").values_list("recipient__username", "visible_at"))
    assert held == {"county1.duty": now + 5 * MINUTE, "county1.director": now}


# --- what follows ----------------------------------------------------------------------------------------------


STEPS = Escalation((StepLine(MINUTE, "second_channel", ("voice",)), StepLine(2 * MINUTE, "next_person")))


def test_a_chat_message_that_was_taken_is_no_answer(gateway, service, tell, in_chat, now):
    tell("county1.duty", channels=["sms"], priority=ALERT, escalation=STEPS)
    outbox.send_due(now)
    escalation.take_due(now + MINUTE)
    outbox.send_due(now + MINUTE)

    assert by_channel()["voice"] == State.SENT
    assert len(gateway.messages()) == 2
    sheet = proof_sheet_of(subject="warning:7", thread="incident:5", purpose="warning.signed")
    assert [person.is_reached for person in sheet.people] == [False]
    assert [(line.notice.channel, bool(line.sent_at)) for line in sheet.people[0].lines] == [
        ("sms", True),
        ("chat", True),
        ("voice", True),
    ]


def test_a_wrong_id_hastens_nothing_where_the_text_message_left(gateway, service, tell, in_chat, now):
    service.mode = "user"
    tell("county1.duty", channels=["sms", "voice"], priority=ALERT, escalation=STEPS)
    outbox.send_due(now)

    callout = Callout.objects.get()
    assert list(callout.steps.order_by("number").values_list("due_at", flat=True)) == [
        now + MINUTE,
        now + 2 * MINUTE,
    ]
    assert Notice.objects.get(channel="voice").visible_at == now + MINUTE
    assert len(gateway.messages()) == 1


def test_a_text_message_that_fails_is_telephoned_after_although_the_chat_took_it(
    gateway, service, tell, in_chat, now
):
    gateway.mode = "400"
    tell("county1.duty", channels=["sms"], priority=ORDER)
    outbox.send_due(now)

    assert by_channel() == {"sms": State.FAILED, "chat": State.SENT}
    assert Callout.objects.get().escalated_at is not None
    gateway.messages()


def test_where_the_chat_alone_is_there_its_failure_is_telephoned_after(service, tell, in_chat, now):
    service.mode = "user"
    tell("county1.duty", channels=["sms"], priority=ORDER)
    outbox.send_due(now)

    assert by_channel() == {"chat": State.FAILED}
    assert Callout.objects.get().escalated_at is not None


def test_a_chat_service_that_is_down_is_not_telephoned_after_where_the_text_message_left(
    gateway, service, tell, in_chat, now
):
    service.mode = "down"
    tell("county1.duty", channels=["sms"], priority=ORDER)
    outbox.send_due(now)
    outbox.send_due(now + 3 * MINUTE)

    assert by_channel() == {"sms": State.SENT, "chat": State.QUEUED}
    assert not Callout.objects.exists()
    gateway.messages()


# --- what it says ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(WORDINGS) - {"reply.unclear"}))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_chat_says_what_the_text_message_says_and_asks_for_no_figure(name, language):
    facts = dict.fromkeys(_facts_of(name), "X")
    chat, text = (
        getattr(render(Message(wording=name, facts=facts), channel), f"text_{language}")
        for channel in ("chat", "sms")
    )
    asks = {"zh": "回复1", "en": "Reply 1"}[language]

    assert asks not in chat
    assert chat == text or (asks in text and chat.startswith(text.partition(asks)[0]))


def test_where_to_answer_is_said_word_for_word():
    found = render(Message(wording="notice.still", facts={"about": "甲"}), "chat")

    assert found.text_zh == "仍在处置吗？甲。请打开系统答复"
    assert found.text_en == "Still on it? 甲. Open the system to answer"
    assert found.wording == "notice.still/chat@1"


def test_numbers_of_people_are_masked_there_too(service, tell, in_chat, now):
    tell("county1.duty", channels=["chat"], text_zh="联系 13800138000", priority=ALERT)
    outbox.send_due(now)

    assert "13800138000" not in service.read(service.received[0])[1]


def _facts_of(name: str) -> set[str]:
    patterns = [text for forms in WORDINGS[name].patterns.values() for text in forms.values()]
    return {
        field for text in patterns for _lit, field, _spec, _conv in string.Formatter().parse(text) if field
    }


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"NOTICE_CHAT_PROVIDER": "wechat"}, "is none of wecom, dingtalk, feishu"),
        ({"NOTICE_CHAT_PROVIDER": "wecom", "NOTICE_CHAT_APP": "a", "NOTICE_CHAT_SECRET": "s",
          "NOTICE_CHAT_AGENT": "x"}, "NOTICE_CHAT_PROVIDER needs"),
    ],
)  # fmt: skip
def test_half_an_application_is_one_sentence_at_the_start(given, sentence):
    run = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=real.BASE_DIR, env={**os.environ, "SECRET_KEY": "k" * 40, **given}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip

    assert run.returncode == 1
    assert sentence in run.stderr
    assert run.stderr.strip().endswith("Not started.")
