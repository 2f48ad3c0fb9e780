"""Messages through providers: signed as their documents say, in approved words, and what they answer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override

from config.environment import _PROVIDERS
from notices.channels import providers
from notices.channels.health import PROVIDERS as HEALTH
from notices.channels.providers import Account, aliyun, answers, tencent
from notices.channels.providers.filling import NoRoom, fill, shortened
from notices.channels.routes import carriers
from notices.choices import State
from notices.incoming.failure_reasons import reason_of
from notices.models import ApprovedTemplate, Notice
from notices.sending import outbox
from tests.providers import ALL

SECOND = timedelta(seconds=1)
SIGNED = {"wording": "warning.signed", "facts": {"level": {"zh": "橙色", "en": "Orange"}, "number": "2026-7", "area": {"zh": "示例县", "en": "County"}, "matter": {"zh": "大厅聚集", "en": "crowd"}, "measures": "m"}}  # fmt: skip


@pytest.fixture
def through(settings, monkeypatch):
    """through("aliyun") → its server, set up as the first gateway."""
    made = []
    settings.NOTICE_BUNDLE_SECONDS, settings.NOTICE_QUIET_HOURS, settings.NOTICE_LEASE_SECONDS = 0, "", 30
    settings.NOTICE_GATEWAY_SECRET = "shared"

    def begin(name, *, gateway="1", **more):
        server = ALL[name]()
        made.append(server)
        account = {"key": server.key, "secret": server.secret, "sign": "示例司法局", "app": "14001", "region": "", "voice_url": "", "voice_number": "", "extension": ""}  # fmt: skip
        if name == "mas":
            account["app"] = server.ec_name
        settings.NOTICE_PROVIDERS = {**settings.NOTICE_PROVIDERS, gateway: name}
        settings.NOTICE_ACCOUNTS = {**settings.NOTICE_ACCOUNTS, gateway: account | more}
        setattr(settings, f"NOTICE_GATEWAY_URL{'_2' if gateway == '2' else ''}", server.url)
        return server

    monkeypatch.setattr("notices.channels.gateway.PROVIDERS", type(HEALTH)())
    yield begin
    for server in made:
        server.close()


@pytest.fixture
def approve(cast, now):
    def write(
        provider,
        wording="warning.signed",
        variables="level = level\nno = number\nplace = area\nwhat = matter",
        **more,
    ):
        fields = {"gateway": "1", "channel": "sms", "code": "SMS_1", "version": 1, **more}
        return ApprovedTemplate.objects.create(
            provider=provider,
            wording=wording,
            variables=variables,
            changed_at=now,
            changed_by=cast["county1.duty"],
            **fields,
        )

    return write


@pytest.fixture
def told(tell, cast, now):
    """told(**) → the notice, after one turn of the outbox."""

    def send(*, at=None, **more):
        cast["county1.duty"].phone = "138-0000-0000"
        cast["county1.duty"].save()
        (notice,) = tell("county1.duty", text_zh="", text_en="", **{**SIGNED, "priority": 1, **more})
        outbox.send_due(at or now)
        notice.refresh_from_db()
        return notice

    return send


# --- published examples -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "nonce", "signature"),
    [
        ((2023, 10, 26, 10, 22, 32), "3156853299f313e23d1673dc12e1703d", "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"),
        ((2023, 10, 26, 9, 1, 1), "d410180a5abf7fe235dd9b74aca91fc0", "e521358f7776c97df52e6b2891a8bc73026794a071b50c3323388c4e0df64804"),
    ],
)  # fmt: skip
def test_the_signature_that_alibaba_cloud_publishes(at, nonce, signature):
    account = Account("", key="YourAccessKeyId", secret="YourAccessKeySecret")
    query = {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}

    made = aliyun.signed(
        "POST",
        "https://ecs.cn-shanghai.aliyuncs.com",
        query,
        "RunInstances",
        "2014-05-26",
        account,
        datetime(*at, tzinfo=UTC),
        nonce,
    )

    assert made.headers["Authorization"].endswith(f"Signature={signature}")


def test_the_signature_that_tencent_cloud_publishes():
    account = Account(
        "", key="AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", secret="Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"
    )
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    headers = {"content-type": "application/json; charset=utf-8", "host": "cvm.tencentcloudapi.com"}

    made = tencent.authorized(body, headers, account, datetime.fromtimestamp(1551113065, UTC), "cvm")

    assert made == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, "
        "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )


def test_the_settings_know_the_providers_that_there_are():
    assert (providers.OWN, *providers.NAMES) == _PROVIDERS
    assert set(ALL) == set(providers.NAMES)


# --- what is sent -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_alibaba_cloud_gets_code_name_and_variables(through, approve, told):
    server = through("aliyun", region="cn-hangzhou")
    approve("aliyun")

    notice = told()

    (sent,) = server.received
    assert (notice.state, notice.provider_id, server.action) == (State.SENT, "1^0", "SendSms")
    assert sent == {
        "PhoneNumbers": "13800000000",
        "SignName": "示例司法局",
        "TemplateCode": "SMS_1",
        "TemplateParam": '{"level": "橙色", "no": "2026-7", "place": "示例县", "what": "大厅聚集"}',
        "OutId": notice.key.hex,
        "RegionId": "cn-hangzhou",
    }


@pytest.mark.django_db
def test_alibaba_cloud_calls_with_a_template_of_its_own(through, approve, told, tell):
    server = through("aliyun", voice_number="05190000")
    server_url = server.url
    through_voice = server_url
    from django.conf import settings

    settings.NOTICE_ACCOUNTS["1"]["voice_url"] = through_voice
    approve("aliyun", channel="voice", code="TTS_1", variables="level = level\nplace = area")

    notice = told(channels=["voice"])

    (sent,) = server.received
    assert (notice.state, server.action) == (State.SENT, "SingleCallByTts")
    assert (sent["TtsCode"], sent["CalledNumber"], sent["CalledShowNumber"]) == (
        "TTS_1",
        "13800000000",
        "05190000",
    )


@pytest.mark.django_db
def test_tencent_cloud_gets_the_variables_in_their_order(through, approve, told):
    server = through("tencent", region="ap-guangzhou")
    approve("tencent", code="1001", sign="另一签名")

    notice = told()

    (sent,) = server.received
    assert (notice.state, notice.provider_id) == (State.SENT, "2019:1")
    assert sent["PhoneNumberSet"] == ["+8613800000000"]
    assert (sent["TemplateId"], sent["SignName"], sent["SmsSdkAppId"]) == ("1001", "另一签名", "14001")
    assert sent["TemplateParamSet"] == ["橙色", "2026-7", "示例县", "大厅聚集"]


@pytest.mark.django_db
def test_mas_gets_the_text_where_no_template_is_named(through, told):
    server = through("mas", extension="01")

    notice = told()

    (sent,) = server.received
    assert (notice.state, notice.provider_id, sent["path"]) == (State.SENT, "01011", "/sms/norsubmit")
    assert (sent["mobiles"], sent["sign"], sent["addSerial"]) == ("13800000000", "示例司法局", "01")
    assert sent["content"] == notice.text_zh


@pytest.mark.django_db
def test_mas_gets_a_template_where_one_is_named(through, approve, told):
    server = through("mas")
    approve("mas", code="t1", sign="s1")

    told()

    (sent,) = server.received
    assert (sent["path"], sent["templateId"], sent["sign"]) == ("/sms/tmpsubmit", "t1", "s1")
    assert sent["params"] == '["橙色", "2026-7", "示例县", "大厅聚集"]'


@pytest.mark.django_db
def test_a_drill_says_so_in_the_first_variable(through, approve, told):
    server = through("tencent")
    approve("tencent")

    told(drill=True)

    assert server.received[0]["TemplateParamSet"][0] == "演练：橙色"


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "code"), [("en", "SMS_EN"), ("zh-hans", "SMS_1")])
def test_the_template_in_the_recipients_language_comes_first(through, approve, told, cast, language, code):
    server = through("aliyun")
    approve("aliyun")
    approve("aliyun", language="en", code="SMS_EN")
    cast["county1.duty"].language = language

    told()

    assert server.received[0]["TemplateCode"] == code


@pytest.mark.django_db
def test_who_reads_english_gets_chinese_where_that_alone_is_approved(through, approve, told, cast):
    server = through("aliyun")
    approve("aliyun")
    cast["county1.duty"].language = "en"

    told()

    assert "橙色" in server.received[0]["TemplateParam"]


# --- what has no template -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_without_a_template_nothing_leaves_and_the_page_says_why(through, told):
    server = through("aliyun")

    notice = told()

    assert (notice.state, notice.last_error, server.received) == (State.FAILED, answers.NO_TEMPLATE, [])
    with override("en"):
        assert reason_of(notice.last_error) == (
            "no template that the provider has approved says this: see the page Templates (none)"
        )


@pytest.mark.django_db
def test_a_template_of_variables_alone_says_what_has_none_of_its_own(through, approve, told):
    server = through("aliyun")
    approve("aliyun", wording="text", variables="a = text\nb = text\nc = text")

    told()

    values = eval(server.received[0]["TemplateParam"])
    assert "".join(values.values()).startswith("橙色预警 2026-7 生效")
    assert all(len(value) <= 35 for value in values.values())


@pytest.mark.django_db
def test_which_and_how_grave_is_never_cut_off(through, approve, told):
    server = through("aliyun")
    approve("aliyun", wording="text", variables="a = text")
    facts = {**SIGNED["facts"], "worse": "很" * 60}

    notice = told(wording="incident.danger_worse", facts=facts)

    assert (notice.state, server.received) == (State.FAILED, [])
    assert notice.last_error == "refused by the provider: template (number)"


@pytest.mark.django_db
def test_the_other_gateway_says_what_the_first_may_not(through, told, now):
    through("aliyun")
    other = through("mas", gateway="2")

    notice = told()
    assert notice.state == State.QUEUED
    for seconds in (5, 20, 60):
        outbox.send_due(now + seconds * SECOND)

    assert Notice.objects.get().state == State.SENT
    assert len(other.received) == 1


# --- what they answer ---------------------------------------------------------------------------------------


REFUSALS = [
    (name, mode)
    for name, server in ALL.items()
    for mode in server.CODES
    if mode not in ("throttled", "unknown", "key")
]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "mode"), REFUSALS)
def test_a_refusal_is_final_and_is_shown(through, approve, told, name, mode):
    server = through(name)
    approve(name)
    server.mode = mode

    notice = told()

    assert notice.state == State.FAILED
    assert notice.last_error.startswith(f"refused by the provider: {mode} (")
    assert reason_of(notice.last_error) != notice.last_error


@pytest.mark.django_db
@pytest.mark.parametrize("name", ALL)
def test_another_secret_is_refused_by_who_checks_it(through, approve, told, name):
    server = through(name)
    approve(name)
    server.secret = "quite another one"

    notice = told()

    assert (notice.state, server.received) == (State.FAILED, [])
    assert notice.last_error.startswith("refused by the provider: key (")


@pytest.mark.django_db
@pytest.mark.parametrize("name", ALL)
def test_throttled_is_later_and_after_a_while(through, approve, told, name, now):
    server = through(name)
    approve(name)
    server.mode = "throttled"

    notice = told()

    assert notice.state == State.QUEUED
    assert timedelta(seconds=15) < notice.visible_at - now < timedelta(seconds=40)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("mode", ["unknown", "no_id"])
def test_what_nobody_knows_is_tried_again(through, approve, told, name, mode, now):
    server = through(name)
    approve(name)
    server.mode = mode

    notice = told()
    server.mode = "ok"
    outbox.send_due(now + 5 * SECOND)

    notice.refresh_from_db()
    assert (notice.state, notice.attempts, len(server.received)) == (State.SENT, 2, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ALL)
def test_a_lost_answer_is_sent_again_under_the_same_reference(through, approve, told, name, now):
    server = through(name)
    approve(name)
    server.mode = "twice"

    told()
    outbox.send_due(now + 5 * SECOND)

    first, second = ({**one, "mac": ""} for one in server.received)
    assert first == second
    assert Notice.objects.get().state == State.SENT


@pytest.mark.django_db
def test_one_that_answers_too_slowly_is_tried_again(through, approve, told, settings):
    server = through("aliyun")
    approve("aliyun")
    settings.NOTICE_LEASE_SECONDS = 1.0
    server.mode = "slow"

    notice = told()

    assert (notice.state, notice.last_error) == (State.QUEUED, "ReadTimeout")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"<html>", b'{"Response": []}', b'{"Response": {"SendStatusSet": [1]}}', b'{"success": true}'])  # fmt: skip
@pytest.mark.parametrize("name", ALL)
def test_an_answer_that_nobody_understands_is_no_acceptance(name, body):
    from notices.channels.answers import Answer

    assert providers.provider(name).read(Answer(200, body, {})).kind == "again"


# --- who carries what ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("provider", "voice_url", "voice"),
    [("own", "", True), ("aliyun", "", False), ("aliyun", "http://v.invalid", True), ("tencent", "http://v.invalid", False), ("mas", "", False)],
)  # fmt: skip
def test_calls_go_where_there_are_calls(settings, provider, voice_url, voice):
    settings.NOTICE_GATEWAY_URL = "http://gateway.invalid"
    settings.NOTICE_PROVIDERS = {**settings.NOTICE_PROVIDERS, "1": provider}
    settings.NOTICE_ACCOUNTS = {
        **settings.NOTICE_ACCOUNTS,
        "1": {**settings.NOTICE_ACCOUNTS["1"], "voice_url": voice_url},
    }

    assert carriers("sms") == ["1"]
    assert carriers("voice") == (["1"] if voice else [])


@pytest.mark.django_db
def test_a_call_goes_to_the_gateway_that_makes_calls(through, tell, settings, gateway):
    """The first one sends text messages only, the second is the bureau's own."""
    own = gateway.url
    through("mas")
    settings.NOTICE_GATEWAY_URL_2 = own
    (notice,) = tell("county1.duty", channels=["voice"], priority=1)
    outbox.send_due(notice.visible_at)

    assert [message.channel for message in gateway.messages()] == ["voice"]


# --- filling in ---------------------------------------------------------------------------------------------


def test_a_long_value_is_shortened_after_a_stop():
    assert shortened("大厅聚集约三十人，情绪激动，已派人", 15) == "大厅聚集约三十人，情绪激动…"
    assert shortened("一二三四五六七八九十", 5) == "一二三四…"
    assert shortened("一二三四五", 5) == "一二三四五"


@pytest.mark.parametrize("fact", ["level", "number", "until", "count"])
def test_level_number_time_and_count_are_whole_or_nothing(fact):
    assert fill([("a", fact)], {fact: "1" * 35}, 35) == {"a": "1" * 35}
    with pytest.raises(NoRoom):
        fill([("a", fact)], {fact: "1" * 36}, 35)


def test_links_and_brackets_are_left_out_and_lines_joined():
    assert fill([("a", "x")], {"x": "见 https://a.example/b?c 【急】\n二"}, 35) == {"a": "见 急 二"}


def test_a_text_is_spread_over_variables_that_are_none_of_them_empty():
    assert fill([("a", "x"), ("b", "x"), ("c", "x")], {"x": "一二三四五六七"}, 35) == {
        "a": "一二三",
        "b": "四五六",
        "c": "七",
    }
    assert fill([("a", "x"), ("b", "x")], {"x": "一"}, 35) == {"a": "一", "b": "。"}
    assert fill([("a", "x")], {"x": " "}, 35) == {"a": "无"}
    assert "".join(fill([("a", "x"), ("b", "x")], {"x": "长" * 99}, 35).values()) == "长" * 69 + "…"


def test_a_fact_the_message_has_not_is_no_template():
    with pytest.raises(KeyError):
        fill([("a", "nothing")], {"x": "1"}, 35)
