"""What a gateway of the bureau's own is sent: docs/gateway.md, its examples, and the example gateway for real."""

import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from django.urls import reverse

from notices.channels.signing import signed_headers
from notices.channels.texts import said
from notices.choices import State
from notices.models import Notice
from notices.reading.serializers import GatewayEventSerializer
from notices.sending import outbox
from script.figures import TOP
from tests.gateways import SECRET

DOCUMENT = (TOP / "docs/gateway.md").read_text()
REQUEST, REPORT = (json.loads(text) for text in re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL))
BREACHED = {"wording": "clock.breached", "facts": {"title": {"zh": "首报", "en": "first report"}, "until": "10:30", "unit": {"zh": "示例县局", "en": "County"}}}  # fmt: skip


@contextmanager
def running(*, reports="", secret=SECRET):
    """The example gateway as a process of its own; its address, and the process."""
    process = subprocess.Popen(
        [sys.executable, str(TOP / "deploy/examples/gateway/gateway.py"), "0"],
        env={**os.environ, "GATEWAY_SECRET": secret, "REPORTS_URL": reports},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        port = process.stdout.readline().split()[-1]
        yield f"http://127.0.0.1:{port}/", process
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@pytest.fixture
def plain(settings):
    settings.NOTICE_BUNDLE_SECONDS, settings.NOTICE_QUIET_HOURS = 0, ""


def test_the_request_of_the_document_is_what_is_sent(gateway, tell, cast, now):
    cast["county1.duty"].phone = REQUEST["to"]
    cast["county1.duty"].save()
    tell("county1.duty", text_zh="", text_en="", **BREACHED)
    outbox.send_due(now)

    (message,) = gateway.messages()
    sent = message._asdict()
    assert sent.pop("key") == sent.pop("reference") == Notice.objects.get().key.hex
    assert sent == {name: value for name, value in REQUEST.items() if name != "reference"}


def test_the_signature_of_the_document_is_what_we_make():
    made = signed_headers(b'{"to": "13800000000"}', "example-secret", 1767225600.9)

    assert made["X-Timestamp"] == "1767225600"
    assert f"X-Signature: {made['X-Signature']}\n" in DOCUMENT


def test_the_report_of_the_document_is_taken():
    given = GatewayEventSerializer(data=REPORT)

    assert given.is_valid(), given.errors


def test_every_request_is_signed_with_its_time(gateway, tell, now, monkeypatch):
    seen = []
    answer = gateway.answer
    monkeypatch.setattr(
        gateway,
        "answer",
        lambda path, headers, body: seen.append(dict(headers)) or answer(path, headers, body),
    )
    tell("county1.duty")
    outbox.send_due(now)
    gateway.messages()

    assert abs(int(seen[0]["X-Timestamp"]) - time.time()) < 60
    assert seen[0]["X-Signature"].startswith("sha256=")


def test_without_a_secret_nothing_pretends_to_be_signed(gateway, tell, settings, now, monkeypatch):
    settings.NOTICE_GATEWAY_SECRET = ""
    assert signed_headers(b"{}", "", 1.0) == {}


def test_the_second_gateway_is_signed_to_with_its_own_secret(settings):
    from notices.channels.routes import secret_of

    settings.NOTICE_GATEWAY_URL_2 = "http://second.invalid"
    settings.NOTICE_GATEWAY_SECRET, settings.NOTICE_GATEWAY_SECRET_2 = "first", ""
    assert (secret_of("1"), secret_of("2")) == ("first", "first")
    settings.NOTICE_GATEWAY_SECRET_2 = "second"
    assert (secret_of("1"), secret_of("2"), secret_of("")) == ("first", "second", "first")


@pytest.mark.django_db
def test_the_example_gateway_takes_what_is_signed_and_takes_it_once(plain, tell, settings, now):
    with running() as (url, process):
        settings.NOTICE_GATEWAY_URL, settings.NOTICE_GATEWAY_SECRET = url, SECRET
        (notice,) = tell("county1.duty")
        outbox.send_due(now)
        carried = json.loads(process.stdout.readline())

        notice.refresh_from_db()
        assert (notice.state, notice.provider_id) == (State.SENT, "g1")
        assert (carried["text"], carried["parameters"]) == ("橙色预警", {"text": "橙色预警"})
        Notice.objects.update(state=State.QUEUED, sent_at=None, provider_id="", visible_at=now)
        outbox.send_due(now)
        notice.refresh_from_db()
        assert notice.provider_id == "g1", "the same key is the same message"


@pytest.mark.django_db
def test_the_example_gateway_refuses_what_another_secret_signed(plain, tell, settings, now):
    with running(secret="another one") as (url, _process):
        settings.NOTICE_GATEWAY_URL, settings.NOTICE_GATEWAY_SECRET = url, SECRET
        (notice,) = tell("county1.duty")
        outbox.send_due(now)

    notice.refresh_from_db()
    assert (notice.state, notice.last_error) == (State.FAILED, "the gateway refused it (401)")


@pytest.mark.django_db(transaction=True)
def test_the_example_gateway_reports_what_it_has_delivered(plain, tell, settings, now, live_server):
    with running(reports=live_server.url + reverse("api:gateway-events")) as (url, _process):
        settings.NOTICE_GATEWAY_URL, settings.NOTICE_GATEWAY_SECRET = url, SECRET
        (notice,) = tell("county1.duty")
        outbox.send_due(now)
        for _look in range(100):
            notice.refresh_from_db()
            if notice.state == State.DELIVERED:
                break
            time.sleep(0.1)

    assert notice.state == State.DELIVERED


# --- of what a message is made ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_facts_are_whole_although_the_text_is_shortened(tell, settings):
    settings.NOTICE_GATEWAY_URL = "http://gateway.invalid"
    long = "长" * 300
    (notice,) = tell(
        "county1.duty", wording="clock.breached", facts={"title": long, "until": "10:30", "unit": "县局"}
    )

    assert len(notice.text_zh) == 201
    assert said([notice]).parameters["title"] == long


@pytest.mark.django_db
def test_numbers_of_people_are_masked_in_facts_as_well(tell, settings):
    settings.NOTICE_GATEWAY_URL = "http://gateway.invalid"
    (notice,) = tell(
        "county1.duty",
        wording="clock.breached",
        facts={"title": "问13800138000", "until": "10:30", "unit": "县局"},
    )

    assert "13800138000" not in json.dumps(notice.facts)
    assert "13800138000" not in json.dumps(said([notice]).parameters)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "mark", "title"), [("zh-hans", "【演练】", "首报"), ("en", "[DRILL] ", "first report")]
)
def test_a_drill_is_marked_beside_its_parameters(tell, cast, settings, language, mark, title):
    settings.NOTICE_GATEWAY_URL = "http://gateway.invalid"
    cast["county1.duty"].language = language
    cast["county1.duty"].save()
    (notice,) = tell("county1.duty", drill=True, text_zh="", text_en="", **BREACHED)

    what = said([notice])
    assert (what.language, what.parameters["title"]) == (language[:2], title)
    assert what.mark.strip() == mark.strip()
    assert notice.text_for_recipient().startswith(what.mark)


@pytest.mark.django_db
def test_several_as_one_are_a_summary(tell, settings):
    settings.NOTICE_GATEWAY_URL = "http://gateway.invalid"
    first = tell("county1.duty", subject="a:1")
    second = tell("county1.duty", subject="a:2", text_zh="另一件")

    what = said([*first, *second])
    assert (what.key, what.parameters) == ("summary", {"count": "2", "text": "· 橙色预警\n· 另一件"})


def test_a_signature_is_over_time_and_body_together():
    made = signed_headers(b"body", "s", 5)["X-Signature"]

    assert made == "sha256=" + hmac.new(b"s", b"5.body", hashlib.sha256).hexdigest()
