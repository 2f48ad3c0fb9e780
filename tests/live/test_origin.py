import pytest

from engine.sockets import is_own_origin


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


def test_over_tls_a_plain_page_is_not_ours(settings):
    settings.HTTPS, settings.ALLOWED_HOSTS = True, ["dashboard.test"]

    assert is_own_origin("https://dashboard.test", "dashboard.test")
    assert not is_own_origin("http://dashboard.test", "dashboard.test")


def test_a_wildcard_of_hosts_still_means_the_same_host(settings):
    settings.ALLOWED_HOSTS = ["*"]

    assert is_own_origin("http://a.test", "a.test")
    assert not is_own_origin("http://b.test", "a.test")
