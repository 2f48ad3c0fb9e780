"""What providers push to us: reports and replies, at an address nobody can guess."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from common.dates.local_time import LOCAL
from notices.choices import State
from notices.incoming.provider_reports import SEVERAL, UNKNOWN_SENDER, sender_of, token_of
from notices.models import GatewayEvent, Notice
from notices.sending import outbox

SECOND, PHONE = timedelta(seconds=1), "13800000000"


@pytest.fixture
def by(settings, tell, cast, now):
    """by("aliyun") → a text message that this provider has accepted as p1, sent now."""
    settings.NOTICE_GATEWAY_URL, settings.NOTICE_GATEWAY_SECRET = "http://provider.invalid", "shared"

    def sent(provider, *, number="p1", **more):
        settings.NOTICE_PROVIDERS = {**settings.NOTICE_PROVIDERS, "1": provider}
        cast["county1.duty"].phone = "138 0000 0000"
        cast["county1.duty"].save()
        (notice,) = tell("county1.duty", **{"priority": 1, **more})
        Notice.objects.filter(pk=notice.pk).update(gateway="1")
        notice.gateway = "1"
        outbox.mark(notice, outbox.SendResult("sent", provider_id=number), now)
        notice.refresh_from_db()
        return notice

    return sent


@pytest.fixture
def push(client, now):
    def post(provider, body, *, token=None, at=now + 10 * SECOND):
        address = reverse("api:provider-pushes", args=[provider, token_of("1") if token is None else token])
        with time_machine.travel(at, tick=False):
            return client.post(
                address, body if isinstance(body, str) else json.dumps(body), content_type="application/json"
            )

    return post


def shown(moment, shape="%Y-%m-%d %H:%M:%S"):
    return moment.astimezone(LOCAL).strftime(shape)


def reported(provider, now, *, is_there=True, number="p1"):
    return {
        "aliyun": [{"phone_number": PHONE, "send_time": shown(now), "report_time": shown(now + SECOND), "success": is_there, "err_code": "DELIVERED", "biz_id": number, "out_id": ""}],
        "tencent": [{"user_receive_time": shown(now + SECOND), "nationcode": "86", "mobile": PHONE, "report_status": "SUCCESS" if is_there else "FAIL", "errmsg": "DELIVRD", "sid": number}],
        "mas": {"reportStatus": "CM:0000" if is_there else "MK:0001", "mobile": PHONE, "receiveDate": shown(now + SECOND, "%Y%m%d%H%M%S"), "errorCode": "DELIVRD" if is_there else "UNDELIV", "msgGroup": number},
    }[provider]  # fmt: skip


def answered(provider, now, text, *, phone=PHONE):
    return {
        "aliyun": [{"phone_number": phone, "send_time": shown(now + SECOND), "content": text, "sign_name": "示例", "dest_code": "1069", "sequence_id": 1}],
        "tencent": {"extend": "", "mobile": phone, "nationcode": "86", "sign": "示例", "text": text, "time": int((now + SECOND).timestamp())},
        "mas": {"smsContent": text, "mobile": phone, "sendTime": shown(now + SECOND), "addSerial": "01"},
    }[provider]  # fmt: skip


PROVIDERS = ["aliyun", "tencent", "mas"]
THANKS = {
    "aliyun": {"code": 0, "msg": "接收成功"},
    "tencent": {"result": 0, "errmsg": "OK"},
    "mas": {"success": True},
}


@pytest.mark.django_db
@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(("is_there", "state"), [(True, State.DELIVERED), (False, State.FAILED)])
def test_what_became_of_a_message(by, push, now, provider, is_there, state):
    notice = by(provider)

    answer = push(provider, reported(provider, now, is_there=is_there))
    push(provider, reported(provider, now, is_there=is_there))

    notice.refresh_from_db()
    assert (answer.status_code, answer.json()) == (200, THANKS[provider])
    assert (notice.state, GatewayEvent.objects.count()) == (state, 1)
    if is_there:
        assert notice.delivered_at == now + SECOND


@pytest.mark.django_db
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_reply_is_that_of_the_message_that_waits_for_one(by, push, now, provider):
    notice = by(provider)

    push(provider, answered(provider, now, "1", phone=f"+86{PHONE}"))

    notice.refresh_from_db()
    assert (notice.reply, notice.state) == ("1", State.ACKNOWLEDGED)


@pytest.mark.django_db
def test_a_reminder_beside_an_alert_takes_no_answer_from_it(by, push, now):
    alert = by("aliyun", number="p1")
    by("aliyun", number="p2", subject="report:1", thread="report:1", priority=5)

    push("aliyun", answered("aliyun", now, "2"))

    alert.refresh_from_db()
    assert alert.reply == "2"


@pytest.mark.django_db
def test_of_two_matters_a_reply_means_none(by, push, now):
    by("aliyun", number="p1")
    by("aliyun", number="p2", subject="warning:8", thread="incident:6")

    push("aliyun", answered("aliyun", now, "1"))

    assert set(Notice.objects.values_list("reply", flat=True)) == {""}
    assert GatewayEvent.objects.get().note == SEVERAL


@pytest.mark.django_db
def test_two_messages_of_one_matter_are_answered_by_the_newer_one(by, push, now):
    by("aliyun", number="p1")
    newer = by("aliyun", number="p2", subject="warning:8")

    push("aliyun", answered("aliyun", now, "1"))

    newer.refresh_from_db()
    assert newer.reply == "1"


@pytest.mark.django_db
def test_a_number_nobody_wrote_to_answers_nothing(by, push, now):
    notice = by("aliyun")

    assert push("aliyun", answered("aliyun", now, "1", phone="13900000000")).status_code == 200

    notice.refresh_from_db()
    assert (notice.reply, GatewayEvent.objects.get().note) == ("", UNKNOWN_SENDER)


@pytest.mark.django_db
def test_the_reference_we_gave_finds_the_message_whatever_the_number(by, push, now):
    notice = by("aliyun", number="other")
    report = reported("aliyun", now)
    report[0]["out_id"] = notice.key.hex

    push("aliyun", report)

    notice.refresh_from_db()
    assert notice.state == State.DELIVERED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "dtmf", "state"),
    [("", "", State.FAILED), ("x", "", State.HEARD), ("x", "1", State.ACKNOWLEDGED)],
)
def test_a_call_is_heard_where_somebody_took_it(by, push, now, start, dtmf, state):
    notice = by("aliyun", channels=["sms"])
    record = {"call_id": "p1", "out_id": "", "originate_time": shown(now), "start_time": start and shown(now + SECOND), "end_time": shown(now + 2 * SECOND), "duration": "9", "status_code": "200000", "dtmf": dtmf}  # fmt: skip

    push("aliyun", [record])

    notice.refresh_from_db()
    assert notice.state == state


# --- who may push -------------------------------------------------------------------------------------------


@pytest.mark.control(50)
@pytest.mark.django_db
@pytest.mark.parametrize("token", ["0" * 40, "x", "shared"])
def test_another_address_takes_nothing(by, push, now, token):
    notice = by("aliyun")

    assert push("aliyun", reported("aliyun", now), token=token).status_code == 404

    notice.refresh_from_db()
    assert (notice.state, GatewayEvent.objects.count()) == (State.SENT, 0)


@pytest.mark.control(50)
@pytest.mark.django_db
def test_the_address_of_one_provider_is_none_of_another(by, push, now):
    by("tencent")

    assert push("aliyun", reported("aliyun", now)).status_code == 404
    assert push("own", {}).status_code == 404


@pytest.mark.control(50)
def test_without_a_secret_there_is_no_address(settings):
    settings.NOTICE_GATEWAY_SECRET, settings.NOTICE_PROVIDERS = "", {"1": "aliyun", "2": "own"}

    assert (token_of("1"), sender_of("aliyun", "")) == ("", None)


def test_each_gateway_has_an_address_of_its_own_although_they_share_a_secret(settings):
    settings.NOTICE_GATEWAY_SECRET, settings.NOTICE_PROVIDERS = "s", {"1": "aliyun", "2": "aliyun"}
    settings.NOTICE_GATEWAY_URL, settings.NOTICE_GATEWAY_URL_2 = "http://a.invalid", "http://b.invalid"

    assert [sender_of("aliyun", token_of(name)) for name in ("1", "2")] == ["1", "2"]


@pytest.mark.django_db
@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("body", ["[1]", "{}", '"x"', "[[]]", "null", "[{}]"])
def test_what_is_no_report_is_refused_and_harms_nothing(by, push, provider, body):
    by(provider)

    assert push(provider, body).status_code == 422
    assert not GatewayEvent.objects.exists()


@pytest.mark.django_db
def test_what_is_too_old_is_left_and_the_rest_is_taken(by, push, now):
    notice = by("aliyun")
    old = reported("aliyun", now - timedelta(days=4), is_there=False)

    push("aliyun", old + reported("aliyun", now))

    notice.refresh_from_db()
    assert (notice.state, GatewayEvent.objects.count()) == (State.DELIVERED, 1)


@pytest.mark.django_db
def test_numbers_of_people_in_a_reply_are_masked(by, push, now):
    notice = by("aliyun")

    push("aliyun", answered("aliyun", now, "请打13912345678\x1b"))

    notice.refresh_from_db()
    assert notice.reply == "请打139****5678"
