"""Every route in the URLconf: never a crash, never open by accident."""

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Appointment, Post

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: Routes anybody may open. Whoever adds one here says why.
PUBLIC = {
    "healthz": "probe of the load balancer",
    "readyz": "probe of the load balancer",
    "heartbeat": "looked at by a watchdog elsewhere",
    "metrics": "scraped by Prometheus, closed to others by the proxy",
    "account_login": "the way in",
    "account_logout": "a session that has ended must be able to say so",
    "account-central": "the way in by a provider, where one is configured",
    "account-central-callback": "back from the provider, with the state of a sign-in begun in this browser",
    "account-central-answer": "the provider's answer over SAML, signed by it",
    "account-central-finish": "the same, with the state of a sign-in begun in this browser",
    "account-central-metadata": "what the provider is given: two addresses of ours",
    "mfa_authenticate": "second step of the way in",
    "account_language": "a reader who cannot read the sign-in page changes its language",
    "ui-preferences": "theme, size and language of the sign-in page",
    "ui-gallery": "components without data, with DEBUG or DEMO; else for the system administrator",
    "manifest": "the name below the icon, also before anybody has signed in",
    "worker": "a script without data, fetched by the browser itself",
    "offline": "the page without network, the same for everybody",
    "api:schema": "describes the product, not the bureau",
    "api:gateway-events": "signed by the gateway instead",
    "api:provider-pushes": "its address is the provider's secret",
    "api:exchange-documents": "signed by another installation instead; off by default",
    "one-tap": "signed, for one unit and day, and files nil and nothing else",
    "demand-public": "a random code, for the state and dates of one demand and nothing else; off by default",
    "reception-hours": "hours and posts that the unit publishes, nobody's name; off by default",
    "wall": "leads whoever is not signed in to the code of a screen",
    "wall-connect": "where a screen types its code, good once and for a quarter of an hour",
    "order-link": "signed, for one order and its recipient, and answers that order and nothing else",
}
#: Answers of a page to a GET that are no crash: shown, moved, refused, not there, only for POST, not in order.
CALM = {200, 204, 301, 302, 303, 304, 400, 401, 403, 404, 405, 406, 409, 410, 412, 415, 422}


def routes(resolver=None, prefix="", names=()):
    """(address pattern, name with namespaces) of every route."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, pattern, (*names, entry.namespace) if entry.namespace else names)
        elif isinstance(entry, URLPattern):
            yield pattern, ":".join([*names, entry.name or ""])


def example(pattern: str, values: dict[str, str]) -> str:
    """An address for a route: `<int:person_id>` and `(?P<format>…)` replaced by something plausible."""

    def value(match):
        kind, _, name = match[1].rpartition(":")
        known = values.get(name) or values.get(kind) or "1"
        return known if kind != "int" or known.isdigit() else "1"

    pattern = re.sub(r"\(\?P<([^>]+)>(?:[^()]|\([^()]*\))*\)", lambda match: value(match), pattern)
    return "/" + re.sub(r"<([^>]+)>", value, pattern).replace("^", "").replace("$", "").replace(
        "\\Z", ""
    ).replace("\\.", ".").replace("?", "")


ALL = sorted(set(routes()))


@pytest.fixture
def addresses(cast, units):
    values = {
        "person_id": str(cast["county1.duty"].pk),
        "post_id": str(Post.objects.get(unit=units["C1"], kind="director").pk),
        "appointment_id": str(Appointment.objects.get(person=cast["county1.duty"]).pk),
        "unit": "C1",
        "code": "C1",
        "period": "2026-11-22",
        "number": "C1-20261122-001",
        "slug": "disable",
        "uuid": "00000000-0000-4000-8000-000000000000",
    }
    return [(example(pattern, values), name) for pattern, name in ALL]


def test_every_route_has_a_name():
    assert [pattern for pattern, name in ALL if not name or name.endswith(":")] == []


@pytest.mark.control(13)
def test_the_public_list_names_routes_that_exist():
    assert set(PUBLIC) <= {name for _pattern, name in ALL}


@pytest.mark.control(13)
def test_without_signing_in_only_public_routes_answer(addresses):
    browser = Client(raise_request_exception=False)
    open_by_accident = {}
    for address, name in addresses:
        response = browser.get(address)
        assert response.status_code < 500 or name in {"readyz", "heartbeat"}, (address, response.status_code)
        if name in PUBLIC:
            continue
        is_closed = response.status_code in (401, 403, 405) or (
            response.status_code in (301, 302, 303) and "/account/login/" in _last_stop(browser, response)
        )
        if not is_closed:
            open_by_accident[address] = response.status_code
    assert open_by_accident == {}


def _last_stop(browser, response) -> str:
    """Where redirects lead in the end."""
    for _step in range(3):
        goal = response["Location"]
        if "/account/login/" in goal:
            return goal
        response = browser.get(goal)
        if response.status_code not in (301, 302, 303):
            return goal
    return response["Location"]


#: Who sees most. Everybody else opens every address, with real things in it, in tests/rights/test_matrix.py and
#: tests/rights/test_accusations.py.
CAST = ["city.audit", "county1.director", "county1.duty"]


@pytest.mark.parametrize("username", CAST)
def test_no_route_crashes(addresses, cast, username):
    crashes = {}
    browser = Client(raise_request_exception=False)
    browser.force_login(cast[username])
    for address, name in addresses:
        if name in ("account_logout", "readyz", "heartbeat"):
            continue
        response = browser.get(address)
        if response.status_code not in CALM:
            crashes[address] = response.status_code
    assert crashes == {}


#: What takes a POST without the form's token, and why.
WITHOUT_TOKEN = {
    "api:gateway-events": "no session counts there: signed by the gateway",
    "api:provider-pushes": "no session counts there: the address is a secret",
    "api:exchange-documents": "no session counts there: signed by another installation",
    "worker": "takes no POST",
}


@pytest.mark.embedded_only
@pytest.mark.control(37)
def test_nothing_is_changed_by_a_post_without_the_token_of_a_form(addresses, cast):
    before = _everything()
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.force_login(cast["county1.director"])
    answers = {}
    for address, name in addresses:
        # The API reads JSON alone, but for a recording.
        sent = {"data": {"reason": "x"}}
        if address.startswith("/api/"):
            sent["content_type"] = "application/json"
        if name == "api:alarm-voice-note":
            sent = {"data": b"x", "content_type": "audio/webm"}
        response = browser.post(address, **sent)
        # 404, 405: nobody there takes a POST.
        if response.status_code not in (403, 404, 405) and name not in WITHOUT_TOKEN:
            answers[address] = (name, response.status_code)

    assert answers == {}
    # Links of messages are signed instead: what was tried and opens nothing is counted.
    counted = {"accounts.wrongtry": 0}
    assert {**_everything(), **counted} == {**before, **counted}


@pytest.mark.control(37)
def test_no_page_changes_anything_by_being_opened(addresses, cast):
    """A GET writes nothing but journal entries about reading."""
    before = _everything()
    browser = Client(raise_request_exception=False)
    browser.force_login(cast["county1.director"])
    before_sessions = browser.session.session_key
    for address, name in addresses:
        if name != "account_logout":
            browser.get(address)

    assert _everything() == before
    assert browser.session.session_key == before_sessions


def _everything() -> dict[str, int]:
    """Rows per table, without the record of reading and without sessions."""
    from django.apps import apps

    left_out = {"journal.entry", "journal.head", "sessions.session"}
    return {
        m._meta.label_lower: m.objects.count()
        for m in apps.get_models()
        if m._meta.label_lower not in left_out and hasattr(m, "objects")
    }
