"""A call to a provider ends at its deadline, whatever the other side does, and what it says has a size."""

import time
from uuid import UUID

import pytest

from accounts.models import User
from notices.channels import bots, gateway, mail
from notices.models import Notice
from tests.notices.lines import BadLine

pytestmark = pytest.mark.slow

SECONDS = 0.4
KEY = UUID(int=1)
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
    person = User(username="a", phone="13900000000", email="a@example.invalid", language="zh-hans")

    def make(channel):
        return Notice(key=KEY, recipient=person, channel=channel, attempts=1, gateway="1", text_zh="橙色预警")

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
    assert gateway.send([notice("sms")], 5.0)[:2] == ("sent", f"p-{KEY.hex}")
