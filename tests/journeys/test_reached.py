"""A red warning with one deaf recipient: everybody else answers, the telephone rings, the next one is told, the
duty leader sees it, somebody telephones by hand, and the proof sheet is printed.

Minutes are made to pass by moving the due times of the steps; everything else is the real server and its engine
with a telephone company that hears and reports nothing.
"""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.gateways import FakeGateway
from tests.installations import demo_server
from tests.journeys.test_walk import picture
from tests.processes import eventually, python

pytestmark = pytest.mark.browser

WORDS = {
    "zh-hans": {"coming": "到位", "deaf": "尚未收悉", "told": "已通知：市局带班领导", "unheard": "无人应答", "reached": "所有人都已通知到"},
    "en": {"coming": "Coming", "deaf": "not heard yet", "told": "told: City duty leader", "unheard": "Nobody heard", "reached": "Everybody has been reached"},
}  # fmt: skip

PROPOSE = """
from django.utils import timezone
from accounts.models import Unit, User
from accounts.scope import reach_of
from early_warnings.proposals import actions as proposals
from incidents.reporting.actions import Alarm, report_incident
from plans.engine.facts import Facts

now = timezone.now()
duty = reach_of(User.objects.get(username="county1.duty"), now)
alarm = Alarm(unit=Unit.objects.get(code="C1"), place="一楼大厅", what={what!r},
              facts=Facts.from_dict({{"headcount": 60}}), client_id={what!r}[:30])
incident, _new = report_incident(reach=duty, alarm=alarm, now=now)
warning = proposals.propose_new_warning(incident_id=incident.pk, reach=duty, now=now,
                              statement=proposals.Statement(level="red", reason="人数超过五十"))
print(warning.number)
"""
OTHERS_ANSWER = """
from django.utils import timezone
from notices.actions import acknowledge_notice
from notices.models import Notice

told = Notice.objects.filter(channel="app", purpose="warning.signed", acknowledged_at=None)
for notice in told.exclude(recipient__username__in=["county1.leader", "county1.duty"]):
    acknowledge_notice(notice_id=notice.pk, actor=notice.recipient, now=timezone.now())
"""
MINUTES_PASS = """
from django.utils import timezone
from notices.models import EscalationStep

EscalationStep.objects.filter(done_at=None, callout__recipient__username="county1.leader", do={do!r}).update(due_at=timezone.now())
"""


@pytest.fixture(scope="module")
def company():
    gateway = FakeGateway()
    yield gateway
    gateway.close()


@pytest.fixture(scope="module")
def bureau_server(tmp_path_factory, company):
    """The demo bureau with a telephone company."""
    sending = {"NOTICE_GATEWAY_URL": company.url, "NOTICE_GATEWAY_SECRET": "s"}
    with demo_server(tmp_path_factory.mktemp("reached"), **sending) as server:
        yield server


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_one_deaf_recipient(person, bureau_server, company, language):
    env, words = bureau_server.env, WORDS[language]
    what = {"zh-hans": "六十余人聚集，要求退还律师费", "en": "Sixty people ask for their lawyer's fee back"}[
        language
    ]
    number = python(PROPOSE.format(what=what), env=env).strip().splitlines()[-1]
    duty = person("county1.duty", language=language)
    director = person("city.director", language=language, start=f"/early-warnings/{number}/")

    # Signed in red: everybody is asked whether they come, and the duty officer's screen is a receipt.
    director.locator("#sign-form input[type=password]").fill(bureau_server.passwords["city.director"])
    director.locator("#sign-form button.primary").click()
    expect(director.locator("#sign-form")).to_have_count(0)
    row = duty.locator("[data-part=inbox] li", has_text=number).filter(
        has=duty.locator("button[value=coming]")
    )
    expect(row).to_be_visible()
    picture(duty, "answer", language)
    row.locator("button[value=coming]").click()
    expect(row).to_have_count(0)
    python(OTHERS_ANSWER, env=env)

    # The sheet is open while the minutes pass; the county's duty leader hears nothing.
    duty.goto(f"/early-warnings/{number}/proof/")
    deaf = duty.locator("section.panel", has_text="秦川").first
    expect(deaf).to_contain_text(words["deaf"])
    phone = _sms_to(company, deaf="县局带班领导", env=env)
    for do in ("second_channel", "next_person", "breach"):
        python(MINUTES_PASS.format(do=do), env=env)
        if do == "second_channel":
            eventually(
                lambda: ("voice", phone) in {(m.channel, m.to) for m in company.messages()},
                seconds=30,
                what="the telephone rings",
            )
    expect(deaf).to_contain_text(words["told"], timeout=30_000)
    expect(deaf.locator("form")).to_be_visible()
    picture(duty, "proof", language, whole=True)
    duty.set_viewport_size({"width": 390, "height": 844})
    picture(duty, "proof-phone", language)
    duty.set_viewport_size({"width": 1280, "height": 900})

    # On paper: every person and time, no button.
    assert duty.pdf().startswith(b"%PDF")
    duty.emulate_media(media="print")
    expect(deaf).to_be_visible()
    expect(deaf.locator("form")).to_be_hidden()
    duty.emulate_media(media="screen")

    # The list to telephone by hand: one call, and it is empty.
    duty.goto("/notices/calls/")
    card = duty.locator(".card", has_text="秦川").first
    expect(card).to_contain_text(words["unheard"])
    picture(duty, "to-phone", language)
    card.locator("button[value=coming]").click()
    expect(duty.locator(".card", has_text="秦川")).to_have_count(0)

    director.goto("/promise/?days=7")
    # Beside the one of the demo bureau's past.
    expect(director.locator("[data-key='stage:5'] td").first).to_have_text(re.compile("[2-9]"))
    picture(director, "promise", language, whole=True)


def _sms_to(company, *, deaf, env) -> str:
    """The telephone number of whoever holds that post, once the text message has gone there."""
    code = """
from accounts.models import User
print(User.objects.get(username="county1.leader").phone)
"""
    number = python(code, env=env).strip().splitlines()[-1]
    eventually(lambda: number in {m.to for m in company.messages()}, seconds=30, what=f"a message to {deaf}")
    return number


SIGN = """
from early_warnings.signing.actions import sign_warning
from early_warnings.models import EarlyWarning

now = timezone.now()
sign_warning(warning_id=EarlyWarning.objects.get(number={number!r}).pk, now=now, credential={password!r},
     reach=reach_of(User.objects.get(username="city.director"), now))
"""


def test_a_gateway_that_hangs_delays_no_page_and_no_other_screen(person, bureau_server, company):
    """Five text messages hang in the one process that also serves the pages."""
    duty = person("county1.duty", start="/duty/")
    company.mode = "hang"
    password = bureau_server.passwords["city.director"]
    number = python(PROPOSE.format(what="网关没有应答"), env=bureau_server.env).strip().splitlines()[-1]
    python(PROPOSE.partition("\nnow =")[0] + "\nfrom django.utils import timezone" + SIGN.format(number=number, password=password), env=bureau_server.env)  # fmt: skip

    try:
        expect(duty.locator("[data-part=inbox] li", has_text=number).first).to_be_visible()
        seconds = []
        for _ in range(15):
            began = time.monotonic()
            assert duty.request.get("/duty/").ok
            seconds.append(time.monotonic() - began)
    finally:
        company.mode = "ok"
        company.release.set()

    # On a machine that is busy with other things; alone it is a tenth of that.
    assert sorted(seconds)[-2] < 3, seconds
    eventually(company.messages, seconds=30, what="the messages, once the gateway answers")
