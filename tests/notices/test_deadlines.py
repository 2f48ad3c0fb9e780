"""A call to a provider ends at its deadline, whatever the other side does, and what it says has a size."""

import time
from types import SimpleNamespace

import pytest

from notices.channels import bots, gateway, mail
from tests.notices.lines import BadLine

pytestmark = pytest.mark.slow

SECONDS = 0.4
#: The machine may be busy; dripping on would take ten times as long.
SOON = 3.0


@pytest.fixture
def line():
    line = BadLine()
    yield line
    line.close()


@pytest.fixture
def notice(settings, line):
    settings.NOTICE_GATEWAY_URL, settings.NOTICE_GATEWAY_URL_2 = line.url, ""
    settings.NOTICE_BOTS = {"wecom": line.url}
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_SSL = "127.0.0.1", line.port, False
    person = SimpleNamespace(phone="13900000000", email="a@example.invalid", language="zh-hans")
    key = SimpleNamespace(hex="k1")

    def make(channel):
        return SimpleNamespace(
            recipient=person, key=key, bundle=None, channel=channel, attempts=1, by_second=False, gateway="1",
            addendum="", text_for_recipient=lambda: "橙色预警",
        )  # fmt: skip

    return make


SENDERS = {"sms": gateway.send, "wecom": bots.send, "email": mail.send}


@pytest.mark.parametrize(
    ("channel", "mode"),
    [
        *[(channel, mode) for channel in ("sms", "wecom") for mode in ("drip_body", "drip_head", "hang", "endless")],
        ("email", "drip_greeting"),
    ],
)  # fmt: skip
def test_a_line_that_drips_hangs_or_never_ends_is_cut(line, notice, channel, mode):
    line.mode = mode
    began = time.monotonic()

    outcome = SENDERS[channel]([notice(channel)], SECONDS)

    assert outcome.kind == "again"
    assert time.monotonic() - began < SOON


def test_a_good_answer_is_not_cut(line, notice):
    assert gateway.send([notice("sms")], 5.0)[:2] == ("sent", "p-k1")
