"""Central sign-in: whoever the provider names comes in as who is there already, or not at all."""

import socket
import time
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.central import connection, turns
from accounts.models import Appointment, OpenSession, User
from journal.models import Entry
from journal.record import content_of
from tests.accounts.conftest import PASSWORD, sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

BEGIN, BACK = "/account/central/", "/account/central/callback/"


def address_of(response) -> str:
    """Where the page of a begun sign-in leads."""
    assert response.status_code == 200, text_of(response)
    text = response.content.decode()
    return unescape(text.split('<meta http-equiv="refresh" content="0; url=')[1].split('"')[0])


def begin(browser, **more) -> str:
    """Press the button; returns the address the provider sends the browser back to."""
    there = address_of(browser.post(BEGIN, more))
    back = requests.get(there, allow_redirects=False, timeout=5)
    assert back.status_code == 302
    return back.headers["Location"]


def come_in(browser, provider, username, **more):
    provider.tell(user=username)
    back = urlsplit(begin(browser, **more))
    assert back.path == BACK
    return browser.get(f"{back.path}?{back.query}")


def is_in(browser) -> bool:
    return browser.get("/account/me/").status_code == 200


def refused(response) -> str:
    """The code of the refusal that the sign-in page says."""
    text = response.content.decode()
    assert 'id="sign-in"' in text
    return text.split('data-code="')[1].split('"')[0]


def reasons() -> list[tuple[str, str]]:
    found = [content_of(entry) for entry in Entry.objects.filter(kind="session.refused").order_by("id")]
    return [(one["username"], one["why"]) for one in found]


def ran_out(person):
    User.objects.filter(pk=person.pk).update(one_time_until=timezone.now() - timedelta(minutes=1))


# --- who comes in -------------------------------------------------------------------------------------------


@pytest.mark.control(61)
def test_who_is_known_comes_in_and_the_journal_says_how(provider, with_password, browser, units):
    with_password("county1.duty")

    response = come_in(browser, provider, "County1.Duty", next="/account/me/")

    assert (response.status_code, response["Location"]) == (302, "/account/me/")
    assert is_in(browser)
    [entry] = Entry.objects.filter(kind="session.signed_in")
    assert (entry.actor.username, entry.unit) == ("county1.duty", units["C1"])
    assert content_of(entry) == {"address": "127.0.0.1", "by": "central", "second_factor": False}
    assert OpenSession.objects.get().user.username == "county1.duty"
    assert "device" in response.cookies


@pytest.mark.control(61)
def test_nothing_of_the_provider_is_written_down(provider, with_password, phone, browser):
    person = with_password("county1.duty")
    phone("county1.duty")
    before = User.objects.filter(pk=person.pk).values("email", "name", "username").get()

    come_in(browser, provider, "county1.duty")

    assert not any(table.objects.exists() for table in (SocialAccount, SocialApp, SocialToken))
    assert User.objects.filter(pk=person.pk).values("email", "name", "username").get() == before
    kept = str([row.get_decoded() for row in Session.objects.all()])
    assert "example.gov" not in kept
    assert person.password not in kept
    assert "access_token" not in kept


@pytest.mark.control(61)
@pytest.mark.parametrize(
    ("state", "code"),
    [("unknown", "central_unknown"), ("disabled", "central_disabled"), ("ended", "central_ended"),
     ("closed", "central_ended"), ("ran out", "one_time_expired")],
)  # fmt: skip
def test_who_may_not_come_in_is_told_why_and_it_is_on_record(provider, cast, browser, state, code):
    person = cast["county1.duty"]
    match state:
        case "disabled":
            User.objects.filter(pk=person.pk).update(is_active=False)
        case "ended":
            Appointment.objects.filter(person=person).update(valid_to=timezone.now() - timedelta(days=1))
        case "closed":
            for appointment in person.appointments.select_related("post"):
                appointment.post.closed_at = timezone.now()
                appointment.post.save()
        case "ran out":
            ran_out(person)
    people = User.objects.count()

    response = come_in(browser, provider, "no.such.person" if state == "unknown" else "county1.duty")

    assert (response.status_code, refused(response)) == (403, code)
    assert reasons() == [("" if state == "unknown" else "county1.duty", code)]
    assert not is_in(browser)
    assert User.objects.count() == people


@pytest.mark.control(61)
def test_a_verified_address_of_mail_names_nobody(provider, cast, browser):
    """The provider says the director's address with every token."""
    User.objects.filter(username="county1.director").update(email="county1.director@example.gov")

    assert refused(come_in(browser, provider, "")) == "central_nameless"
    assert refused(come_in(browser, provider, "somebody.else")) == "central_unknown"


def test_the_claim_is_the_installations_choice(provider, with_password, browser, settings):
    settings.OIDC_CLAIM = "staff_number"
    with_password("county1.duty")
    provider.tell(claims={"staff_number": "county1.duty"})

    assert come_in(browser, provider, "of no account").status_code == 302
    assert is_in(browser)


@pytest.mark.parametrize("claim", [None, "", True, ["county1.duty"], {"a": 1}])
def test_a_claim_that_is_no_name_is_nobodys(provider, cast, browser, claim):
    provider.tell(claims={"preferred_username": claim})

    assert refused(come_in(browser, provider, "county1.duty")) == "central_nameless"


def test_the_details_are_asked_for_where_the_token_lacks_them(provider, with_password, browser):
    with_password("county1.duty")
    provider.tell(mode="only_userinfo")

    assert come_in(browser, provider, "county1.duty").status_code == 302


# --- what is not believed -----------------------------------------------------------------------------------


@pytest.mark.control(61)
@pytest.mark.parametrize(
    "mode",
    ["wrong_key", "unknown_key", "unsigned", "signed_with_secret", "garbage_token", "expired", "no_end",
     "other_audience", "for_another_client", "other_issuer", "other_nonce", "no_nonce", "others_userinfo",
     "no_id_token", "list", "odd_seconds"],
)  # fmt: skip
def test_a_token_that_is_not_in_order_opens_nothing(provider, with_password, browser, mode):
    with_password("county1.duty")
    provider.tell(mode=mode)

    response = come_in(browser, provider, "county1.duty")

    assert (response.status_code, refused(response)) == (403, "central_invalid")
    assert reasons() == [("", "central_invalid")]
    assert not is_in(browser)


@pytest.mark.control(61)
def test_an_answer_is_good_once_and_in_its_own_browser(provider, with_password, browser):
    with_password("county1.duty")
    provider.tell(user="county1.duty")
    back = urlsplit(begin(browser))
    answer = f"{back.path}?{back.query}"

    assert refused(Client().get(answer)) == "central_state"
    assert browser.get(answer).status_code == 302
    browser.post("/account/logout/")
    assert refused(browser.get(answer)) == "central_state"


@pytest.mark.control(61)
def test_another_sign_ins_code_is_refused(provider, with_password, browser):
    """Somebody hands their own code to a sign-in of mine: the verifier of mine does not fit it."""
    with_password("county1.duty")
    provider.tell(user="county1.duty")
    mine, theirs = parse_qs(urlsplit(begin(browser)).query), parse_qs(urlsplit(begin(Client())).query)

    response = browser.get(BACK, {"state": mine["state"][0], "code": theirs["code"][0]})

    assert refused(response) == "central_invalid"


def test_what_is_asked_of_the_provider(provider, browser):
    asked = parse_qs(
        urlsplit(address_of(browser.post(f"{BEGIN}?scope=admin&auth_params=prompt%3Dnone"))).query
    )

    assert asked["scope"][0].split() in (["openid", "profile"], ["profile", "openid"])
    assert (asked["response_type"], asked["code_challenge_method"], asked["prompt"]) == (
        ["code"],
        ["S256"],
        ["login"],
    )
    assert asked["redirect_uri"] == [f"http://testserver{BACK}"]
    assert {"state", "nonce", "code_challenge"} <= set(asked)


@pytest.mark.control(61)
@pytest.mark.parametrize("goal", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_way_back_is_ours(provider, with_password, browser, goal):
    with_password("county1.duty")

    response = come_in(browser, provider, "county1.duty", next=goal)

    assert (response.status_code, response["Location"]) == (302, "/")


@pytest.mark.control(61)
def test_beginning_takes_the_token_of_a_form_and_changes_no_policy(provider):
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(BEGIN).status_code == 403
    assert strict.get(BEGIN)["Location"] == "/account/login/"
    page = Client().post(BEGIN)
    assert "form-action 'self'" in page["Content-Security-Policy"]
    assert "no-store" in page["Cache-Control"]


def test_without_a_provider_there_is_no_door(browser, settings):
    assert settings.OIDC_ISSUER == ""
    assert browser.post(BEGIN).status_code == browser.get(BACK).status_code == 404
    assert 'id="central"' not in text_of(browser.get("/account/login/"))


def test_a_row_in_the_database_opens_no_other_provider(browser, settings):
    SocialApp.objects.create(provider="openid_connect", provider_id="central", name="x", client_id="x")

    assert browser.post(BEGIN).status_code == 404


def test_who_was_connected_by_a_row_is_not_taken_for_it(provider, cast, with_password, browser):
    """The claim decides at every sign-in; a row somebody wrote does not."""
    with_password("county1.duty")
    SocialAccount.objects.create(user=cast["county1.director"], provider="central", uid="s-county1.duty")

    come_in(browser, provider, "county1.duty")

    assert Entry.objects.get(kind="session.signed_in").actor.username == "county1.duty"


# --- the provider has troubles ------------------------------------------------------------------------------


def test_the_provider_says_no(provider, browser):
    provider.tell(mode="refuse")

    assert refused(come_in(browser, provider, "county1.duty")) == "central_cancelled"


@pytest.mark.parametrize("at", ["openid-configuration", "token", "keys"])
@pytest.mark.parametrize("mode", ["error", "garbage", "endless"])
def test_troubles_of_the_provider_are_said_and_a_password_signs_in(
    provider, with_password, browser, mode, at
):
    with_password("county1.duty")
    provider.tell(user="county1.duty")
    if at == "openid-configuration":
        provider.tell(mode=mode, at=at)
        response = browser.post(BEGIN)
    else:
        back = urlsplit(begin(browser))
        provider.tell(mode=mode, at=at)
        response = browser.get(f"{back.path}?{back.query}")

    assert response.status_code in (403, 503)
    assert refused(response) in ("central_away", "central_invalid")
    assert "data-other-way" in text_of(response)
    assert sign_in(browser, "county1.duty").status_code == 302


def test_a_provider_that_is_away_is_said_at_the_button(provider, with_password, browser, settings):
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.OIDC_ISSUER = f"http://127.0.0.1:{free.getsockname()[1]}/realm"
    with_password("county1.duty")
    assert browser.get("/account/login/").status_code == 200
    browser.cookies["language"] = "en"

    response = browser.post(BEGIN)

    assert (response.status_code, refused(response)) == (503, "central_away")
    assert "市级统一认证 does not answer just now" in text_of(response)
    assert "Username and password work as before" in text_of(response)
    assert reasons() == []
    assert sign_in(browser, "county1.duty").status_code == 302


def test_a_provider_that_drips_is_left(provider, browser, monkeypatch):
    monkeypatch.setattr(connection, "TIMEOUT", (0.3, 0.3))
    provider.tell(seconds=1)
    began = time.monotonic()

    assert refused(browser.post(BEGIN)) == "central_away"
    assert time.monotonic() - began < 0.9


def test_no_more_than_a_few_wait_for_the_provider(provider, browser):
    from contextlib import ExitStack

    with ExitStack() as others:
        for _ in range(turns.TURNS):
            others.enter_context(turns.turn())
        assert refused(browser.post(BEGIN)) == "central_busy"
    assert browser.post(BEGIN).status_code == 200


# --- the rules of the house hold ----------------------------------------------------------------------------


@pytest.mark.control(62)
def test_the_second_factor_holds(provider, with_password, phone, browser):
    with_password("county1.duty")
    code = phone("county1.duty")

    assert come_in(browser, provider, "county1.duty", next="/account/me/")["Location"] == "/account/code/"
    assert not is_in(browser)
    response = browser.post("/account/code/", {"code": code(timezone.now())})

    assert (response.status_code, response["Location"]) == (302, "/account/me/")
    content = content_of(Entry.objects.get(kind="session.signed_in"))
    assert (content["by"], content["second_factor"]) == ("central", True)


@pytest.mark.control(62)
def test_the_second_factor_is_set_up_with_the_own_password(provider, with_password, browser, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    with_password("county1.duty")
    come_in(browser, provider, "county1.duty")

    assert browser.get("/")["Location"].startswith("/account/second-factor/set-up/")
    again = browser.get("/account/second-factor/set-up/")
    assert again["Location"].startswith("/account/again/?next=")
    assert browser.post(again["Location"], {"password": "wrong"}).status_code in (200, 422)
    assert browser.get("/account/second-factor/set-up/").status_code == 302
    browser.post(again["Location"], {"password": PASSWORD})
    assert browser.get("/account/second-factor/set-up/").status_code == 200


@pytest.mark.control(62)
def test_without_anything_of_ones_own_no_factor_is_set_up(provider, cast, browser):
    person = cast["county1.duty"]
    person.set_unusable_password()
    person.save()
    come_in(browser, provider, "county1.duty")

    assert browser.get("/account/second-factor/set-up/").status_code == 409
    assert not Authenticator.objects.exists()


@pytest.mark.control(62)
def test_the_word_of_the_provider_appoints_nobody(provider, with_password, phone, cast):
    """With a password just typed no proof is asked for again; with a provider's word it is."""
    with_password("city.secadmin")
    page = f"/account/people/{cast['county1.duty'].pk}/appoint/"
    typed, named, both = Client(), Client(), Client()
    sign_in(typed, "city.secadmin")
    come_in(named, provider, "city.secadmin")
    code = phone("city.secadmin")
    come_in(both, provider, "city.secadmin")
    both.post("/account/code/", {"code": code(timezone.now())})

    assert 'name="credential"' not in text_of(typed.get(page))
    assert 'name="credential"' in text_of(named.get(page))
    assert 'name="credential"' not in text_of(both.get(page))


@pytest.mark.control(62)
def test_a_one_time_password_is_still_changed_and_typed_for_it(provider, with_password, browser):
    person = with_password("county1.duty")
    person.one_time_until = timezone.now() + timedelta(days=1)
    person.save()
    come_in(browser, provider, "county1.duty")
    assert browser.get("/")["Location"].startswith("/account/password/")
    new = {"password1": "Nine-otters-swim-7", "password2": "Nine-otters-swim-7"}

    assert browser.post("/account/password/", new).status_code == 422
    assert browser.post("/account/password/", {"oldpassword": "wrong", **new}).status_code == 422
    assert browser.post("/account/password/", {"oldpassword": PASSWORD, **new}).status_code == 302
    person.refresh_from_db()
    assert person.one_time_until is None


@pytest.mark.control(62)
def test_the_limits_of_wrong_passwords_hold_here_too(provider, with_password, browser):
    with_password("county1.duty")
    for _ in range(5):
        sign_in(browser, "county1.duty", "wrong")

    response = come_in(browser, provider, "county1.duty")

    assert refused(response) == "throttled"
    assert not is_in(browser)


def test_made_up_answers_are_counted_by_address(provider, browser, monkeypatch):
    monkeypatch.setattr("accounts.sign_in.devices.PER_ADDRESS", 3)
    codes = [refused(browser.get(BACK, {"state": "x", "code": "y"})) for _ in range(5)]

    assert codes == ["central_state"] * 3 + ["throttled"] * 2


@pytest.mark.control(62)
def test_a_session_ends_as_any_other(provider, with_password, browser):
    with_password("county1.duty")
    come_in(browser, provider, "county1.duty")
    OpenSession.objects.update(signed_in_at=timezone.now() - timedelta(hours=12))

    assert not is_in(browser)


def test_a_password_step_left_half_way_proves_nothing_later(provider, with_password, phone, cast):
    """Typed a password, left at the code, came in centrally with another name: nothing of the first counts."""
    with_password("county1.duty")
    with_password("city.secadmin")
    phone("county1.duty")
    browser = Client()
    sign_in(browser, "county1.duty")

    come_in(browser, provider, "city.secadmin")

    assert 'name="credential"' in text_of(browser.get(f"/account/people/{cast['county1.duty'].pk}/appoint/"))


# --- passwords closed to all but administrators -------------------------------------------------------------


@pytest.fixture
def closed(provider, settings):
    settings.SSO_ONLY, settings.SSO_EMERGENCY = True, "Call the system administrator, 8000."


@pytest.mark.control(62)
def test_passwords_are_taken_from_administrators_alone(closed, with_password, browser):
    for name in ("county1.duty", "city.secadmin", "city.sysadmin"):
        with_password(name)

    response = sign_in(browser, "county1.duty")

    assert response.status_code == 422
    assert "Call the system administrator, 8000." in text_of(response)
    assert reasons() == [("county1.duty", "password_closed")]
    for name in ("city.secadmin", "city.sysadmin"):
        assert sign_in(Client(), name).status_code == 302


def test_a_wrong_password_learns_nothing_of_who_is_an_administrator(closed, with_password, browser):
    with_password("county1.duty")

    assert "8000" not in text_of(sign_in(browser, "county1.duty", "wrong"))


def test_the_emergency_way_is_said_when_the_provider_is_away(closed, browser, settings):
    settings.OIDC_ISSUER = "http://127.0.0.1:9/realm"

    assert "Call the system administrator, 8000." in text_of(browser.post(BEGIN))
