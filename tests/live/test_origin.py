import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache

from engine.server.sockets import OwnOriginOnly, is_own_origin, tell_auditor
from journal.models import Entry
from journal.record import content_of


@pytest.mark.control(33)
@pytest.mark.parametrize(
    ("origin", "host", "own"),
    [
        ("http://dashboard.test", "dashboard.test", True),
        ("https://dashboard.test", "dashboard.test", True),
        ("http://dashboard.test:8000", "dashboard.test:8000", True),
        ("http://[::1]:8000", "[::1]:8000", True),
        ("http://DASHBOARD.test", "Dashboard.Test", True),
        ("https://trusted.test", "dashboard.test", True),
        ("https://any.wide.test", "dashboard.test", True),
        ("http://also.test", "dashboard.test", True),
        ("", "dashboard.test", False),
        ("null", "dashboard.test", False),
        ("http://dashboard.test:8001", "dashboard.test", False),
        ("http://evil.test", "dashboard.test", False),
        ("http://evil.test", "evil.test", False),
        ("http://dashboard.test.evil.test", "dashboard.test", False),
        ("http://trusted.test", "dashboard.test", False),
        ("https://wide.test.evil.test", "dashboard.test", False),
        ("http://dashboard.test:x", "dashboard.test", False),
        ("", "", False),
    ],
)
def test_only_our_own_pages_are_own(settings, origin, host, own):
    settings.ALLOWED_HOSTS = ["dashboard.test", "also.test", "[::1]"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://trusted.test", "https://*.wide.test"]

    assert is_own_origin(origin, host) is own


@pytest.mark.control(33)
def test_over_tls_a_plain_page_is_not_ours(settings):
    settings.HTTPS, settings.ALLOWED_HOSTS = True, ["dashboard.test"]

    assert is_own_origin("https://dashboard.test", "dashboard.test")
    assert not is_own_origin("http://dashboard.test", "dashboard.test")


@pytest.mark.control(33)
def test_a_wildcard_of_hosts_still_means_the_same_host(settings):
    settings.ALLOWED_HOSTS = ["*"]

    assert is_own_origin("http://a.test", "a.test")
    assert not is_own_origin("http://b.test", "a.test")


@pytest.mark.control(33)
@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_a_refused_origin_is_told_to_the_auditor():
    heard = []

    async def told(scope, origin):
        heard.append(origin)

    messages = iter([{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1006}])
    sent = []

    async def receive():
        return next(messages)

    async def send(message):
        sent.append(message["type"])

    headers = [(b"origin", b"http://evil.test"), (b"host", b"a.test")]
    await OwnOriginOnly(None, told)({"type": "websocket", "headers": headers}, receive, send)

    assert sent == ["websocket.close"]
    assert heard == ["http://evil.test"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_what_the_auditor_is_told_is_written_once():
    await sync_to_async(cache.clear)()
    for _time in range(2):
        await tell_auditor({"client": ("10.0.0.9", 1)}, "http://evil.test")

    entry = await Entry.objects.aget(kind="access.refused")
    assert content_of(entry) == {"page": "ws/live/", "origin": "http://evil.test", "address": "10.0.0.9"}
