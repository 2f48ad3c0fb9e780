"""Central sign-in over SAML: the provider's answer is believed to the letter, or not at all."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.central import assertions
from accounts.models import Appointment, OpenSession, User
from journal.models import Entry
from journal.record import content_of
from tests.accounts.conftest import PASSWORD, sign_in, text_of
from tests.accounts.test_central import BEGIN, address_of, is_in, ran_out, reasons, refused
from tests.saml_provider import VICTIM

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ANSWER, FINISH, METADATA = (
    "/account/central/answer/",
    "/account/central/finish/",
    "/account/central/metadata/",
)


def begin(browser, **more) -> dict:
    """Press the button; returns the form that the provider has the browser post."""
    page = requests.get(address_of(browser.post(BEGIN, more)), timeout=5).text
    assert f'action="http://testserver{ANSWER}"' in page
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))


def post(browser, form):
    """Post the provider's form as a browser does that sends no cookie along from another site."""
    elsewhere = Client(enforce_csrf_checks=True)
    response = elsewhere.post(ANSWER, form, headers={"Origin": "null", "Sec-Fetch-Site": "cross-site"})
    assert (response.status_code, response["Location"]) == (303, FINISH)
    assert set(response.cookies) <= {"central"}
    browser.cookies.update(response.cookies)
    return browser.get(FINISH)


def come_in(browser, provider, username, **more):
    provider.tell(user=username)
    return post(browser, begin(browser, **more))


# --- who comes in -------------------------------------------------------------------------------------------


@pytest.mark.control(61)
def test_who_is_known_comes_in_and_the_journal_says_how(saml_provider, with_password, browser, units):
    with_password("county1.duty")

    response = come_in(browser, saml_provider, "County1.Duty", next="/account/me/")

    assert (response.status_code, response["Location"]) == (302, "/account/me/")
    assert is_in(browser)
    [entry] = Entry.objects.filter(kind="session.signed_in")
    assert (entry.actor.username, entry.unit) == ("county1.duty", units["C1"])
    assert content_of(entry) == {"address": "127.0.0.1", "by": "central", "second_factor": False}
    assert OpenSession.objects.get().user.username == "county1.duty"
    assert response.cookies["central"].value == ""


@pytest.mark.control(61)
def test_nothing_of_the_provider_is_written_down(saml_provider, with_password, phone, browser):
    person = with_password("county1.duty")
    phone("county1.duty")
    before = User.objects.filter(pk=person.pk).values("email", "name", "username").get()

    come_in(browser, saml_provider, "county1.duty")

    assert not any(table.objects.exists() for table in (SocialAccount, SocialApp))
    assert User.objects.filter(pk=person.pk).values("email", "name", "username").get() == before
    kept = str([row.get_decoded() for row in Session.objects.all()])
    assert "example.gov" not in kept
    assert "Assertion" not in kept


@pytest.mark.control(61)
@pytest.mark.parametrize(
    ("state", "code"),
    [("unknown", "central_unknown"), ("disabled", "central_disabled"), ("ended", "central_ended"),
     ("ran out", "one_time_expired")],
)  # fmt: skip
def test_who_may_not_come_in_is_told_why_and_it_is_on_record(saml_provider, cast, browser, state, code):
    person = cast["county1.duty"]
    match state:
        case "disabled":
            User.objects.filter(pk=person.pk).update(is_active=False)
        case "ended":
            Appointment.objects.filter(person=person).update(valid_to=timezone.now() - timedelta(days=1))
        case "ran out":
            ran_out(person)
    people = User.objects.count()

    response = come_in(browser, saml_provider, "no.such.person" if state == "unknown" else "county1.duty")

    assert (response.status_code, refused(response)) == (403, code)
    assert reasons() == [("" if state == "unknown" else "county1.duty", code)]
    assert not is_in(browser)
    assert User.objects.count() == people


def test_the_attribute_is_the_installations_choice(saml_provider, with_password, browser, settings):
    settings.SAML_ATTRIBUTE = "urn:oid:0.9.2342.19200300.100.1.1"
    with_password("county1.duty")
    saml_provider.tell(attributes={settings.SAML_ATTRIBUTE: [" county1.duty\n"]})

    assert come_in(browser, saml_provider, "of no account").status_code == 302
    assert is_in(browser)


@pytest.mark.control(61)
@pytest.mark.parametrize("values", [None, [], [""], ["county1.duty", "county1.director"], ["x" * 151]])
def test_an_attribute_that_is_no_name_is_nobodys(saml_provider, cast, browser, settings, values):
    settings.SAML_ATTRIBUTE = "uid"
    saml_provider.tell(attributes={} if values is None else {"uid": values})

    assert refused(come_in(browser, saml_provider, "county1.duty")) == "central_nameless"
    assert reasons() == [("", "central_nameless")]


@pytest.mark.control(61)
@pytest.mark.parametrize("mode", ["mail_address", "transient"])
def test_a_name_of_mail_or_of_one_day_names_nobody(saml_provider, cast, browser, mode):
    saml_provider.tell(mode=mode)

    assert refused(come_in(browser, saml_provider, "county1.duty")) == "central_nameless"


# --- what is not believed -----------------------------------------------------------------------------------


@pytest.mark.control(61)
@pytest.mark.parametrize(
    "mode",
    ["unsigned", "message_signed", "wrong_key", "own_certificate", "sha1", "hmac", "signed_around", "with_comments",
     "signature_of_nothing", "tampered_name", "comment", "comment_in_utf16", "instruction", "other_issuer", "other_audience", "no_audience",
     "other_recipient", "no_recipient", "other_destination", "longer_destination", "no_destination", "other_request",
     "unasked", "unasked_outside", "unasked_inside", "expired", "not_yet", "no_end", "holder_of_key", "encrypted",
     "wrapped_before", "wrapped_after", "wrapped_inside", "wrapped_object", "wrapped_same_object", "wrapped_extensions",
     "wrapped_same_extensions", "wrapped_other_tag", "wrapped_whole", "bomb", "file", "huge", "empty", "no_base64",
     "no_xml"],
)  # fmt: skip
def test_an_answer_that_is_not_in_order_opens_nothing(saml_provider, with_password, browser, mode):
    for name in ("county1.duty", VICTIM):
        with_password(name)
    saml_provider.tell(mode=mode)

    response = come_in(browser, saml_provider, "county1.duty")

    assert (response.status_code, refused(response)) == (403, "central_invalid")
    assert reasons() == [("", "central_invalid")]
    assert not is_in(browser)


@pytest.mark.control(61)
def test_an_attribute_that_was_changed_opens_nothing(saml_provider, cast, browser, settings):
    settings.SAML_ATTRIBUTE = "uid"
    saml_provider.tell(mode="tampered_attribute", attributes={"uid": ["county1.duty"]})

    assert refused(come_in(browser, saml_provider, "county1.duty")) == "central_invalid"


def test_clocks_may_differ_by_a_minute(saml_provider, with_password, browser):
    with_password("county1.duty")
    saml_provider.tell(mode="a_little_early")

    assert come_in(browser, saml_provider, "county1.duty").status_code == 302


@pytest.mark.control(61)
def test_an_answer_is_good_once(saml_provider, with_password, browser):
    with_password("county1.duty")
    saml_provider.tell(user="county1.duty")
    form = begin(browser)
    assert post(browser, form).status_code == 302
    browser.post("/account/logout/")

    assert refused(post(browser, form)) == "central_state"
    assert refused(post(Client(), form)) == "central_state"
    assert reasons() == [("", "central_state")] * 2
    assert not is_in(browser)


@pytest.mark.control(61)
def test_an_answer_is_good_in_its_own_browser(saml_provider, with_password, browser):
    """Somebody has another browser post an answer of their own: it would be signed in under their name."""
    with_password("county1.duty")
    saml_provider.tell(user="county1.duty")
    form = begin(browser)

    assert refused(post(Client(), form)) == "central_state"
    assert not is_in(browser)


@pytest.mark.control(61)
def test_what_was_handed_on_is_good_once_and_for_a_minute(saml_provider, with_password, browser, monkeypatch):
    with_password("county1.duty")
    saml_provider.tell(user="county1.duty")
    elsewhere = Client()
    elsewhere.post(ANSWER, begin(browser))
    browser.cookies["central"] = elsewhere.cookies["central"].value
    monkeypatch.setattr("accounts.central.hand_over.LONGEST", -1)
    assert refused(browser.get(FINISH)) == "central_state"
    monkeypatch.undo()

    browser.cookies["central"] = elsewhere.cookies["central"].value
    assert browser.get(FINISH).status_code == 302
    browser.post("/account/logout/")
    browser.cookies["central"] = elsewhere.cookies["central"].value
    assert refused(browser.get(FINISH)) == "central_state"


@pytest.mark.control(61)
@pytest.mark.parametrize("made_up", ["", "x", "eyJyZXF1ZXN0X2lkIjoieCJ9:1vPt8y:x"])
def test_what_is_handed_on_cannot_be_made_up(saml_provider, browser, made_up):
    browser.cookies["central"] = made_up

    assert refused(browser.get(FINISH)) == "central_state"


def test_an_answer_ten_minutes_late_is_refused(saml_provider, cast, browser, monkeypatch):
    saml_provider.tell(user="county1.duty")
    form = begin(browser)
    monkeypatch.setattr("allauth.socialaccount.internal.statekit.STATE_TTL", -1)

    assert refused(post(browser, form)) == "central_state"


def test_what_is_asked_of_the_provider(saml_provider, browser):
    begin(browser, next="/account/me/")
    asked = saml_provider.tell()[-1]

    assert asked["Issuer"] == f"http://testserver{METADATA}"
    assert asked["AssertionConsumerServiceURL"] == f"http://testserver{ANSWER}"
    assert asked["ProtocolBinding"] == "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
    assert (asked["ForceAuthn"], asked["RelayState"]) == ("true", "")


def test_the_providers_own_session_may_do(saml_provider, browser, settings):
    settings.SAML_FORCE_AUTHN = False
    begin(browser)

    assert "ForceAuthn" not in saml_provider.tell()[-1]


@pytest.mark.control(61)
def test_the_host_of_a_request_changes_nothing(saml_provider, settings):
    """Made out for another product, an answer would be ours under that product's name."""
    settings.ALLOWED_HOSTS = ["*"]
    page = Client(headers={"Host": "other.example"}).post(BEGIN)
    asked = parse_qs(urlsplit(address_of(page)).query)
    requests.get(address_of(page), timeout=5)

    assert asked["SAMLRequest"]
    assert saml_provider.tell()[-1]["AssertionConsumerServiceURL"] == f"http://testserver{ANSWER}"


@pytest.mark.control(61)
@pytest.mark.parametrize("goal", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_way_back_is_ours(saml_provider, with_password, browser, goal):
    with_password("county1.duty")

    response = come_in(browser, saml_provider, "county1.duty", next=goal)

    assert (response.status_code, response["Location"]) == (302, "/")


@pytest.mark.control(61)
def test_a_relay_state_leads_nowhere(saml_provider, with_password, browser):
    with_password("county1.duty")
    saml_provider.tell(mode="evil_relay_state")

    response = come_in(browser, saml_provider, "county1.duty", next="/account/me/")

    assert (response.status_code, response["Location"]) == (302, "/account/me/")


@pytest.mark.control(61)
def test_a_row_in_the_database_opens_no_provider(browser):
    SocialApp.objects.create(provider="saml", provider_id="central", name="x", client_id="central")

    assert browser.post(BEGIN).status_code == browser.post(ANSWER).status_code == 404
    assert browser.get(FINISH).status_code == browser.get(METADATA).status_code == 404


@pytest.mark.control(61)
def test_an_answer_read_without_a_library_that_fails_is_refused(saml_provider, cast, browser, monkeypatch):
    """Whatever the libraries stumble over is a refusal and no page of an error."""

    def stumble(*args):
        raise AttributeError("xpath")

    monkeypatch.setattr(assertions, "_check_shape", stumble)

    assert refused(come_in(browser, saml_provider, "county1.duty")) == "central_invalid"


# --- the provider has troubles ------------------------------------------------------------------------------


def test_the_provider_says_no(saml_provider, browser):
    saml_provider.tell(mode="refuse")

    assert refused(come_in(browser, saml_provider, "county1.duty")) == "central_cancelled"
    assert reasons() == [("", "central_cancelled")]


def test_a_no_that_nobody_asked_for_is_out_of_place(saml_provider, browser):
    saml_provider.tell(mode="refuse")
    form = begin(browser)

    assert refused(post(Client(), form)) == "central_state"


def test_a_refusal_is_said_in_the_readers_language(saml_provider, with_password, browser):
    with_password("county1.duty")
    saml_provider.tell(mode="wrong_key")
    browser.cookies["language"] = "en"
    page = text_of(come_in(browser, saml_provider, "county1.duty"))

    assert "the answer of 市级统一认证 was not in order and is not believed" in page
    assert "Username and password work as before" in page
    browser.cookies["language"] = "zh-hans"
    assert "市级统一认证的应答未通过核验" in text_of(come_in(browser, saml_provider, "county1.duty"))
    assert sign_in(browser, "county1.duty").status_code == 302


# --- the rules of the house hold ----------------------------------------------------------------------------


@pytest.mark.control(62)
def test_the_second_factor_holds(saml_provider, with_password, phone, browser):
    with_password("county1.duty")
    code = phone("county1.duty")

    response = come_in(browser, saml_provider, "county1.duty", next="/account/me/")
    assert response["Location"] == "/account/code/"
    assert not is_in(browser)
    response = browser.post("/account/code/", {"code": code(timezone.now())})

    assert (response.status_code, response["Location"]) == (302, "/account/me/")
    content = content_of(Entry.objects.get(kind="session.signed_in"))
    assert (content["by"], content["second_factor"]) == ("central", True)


@pytest.mark.control(62)
def test_the_second_factor_is_set_up_with_the_own_password(saml_provider, with_password, browser, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    with_password("county1.duty")
    come_in(browser, saml_provider, "county1.duty")

    again = browser.get("/account/second-factor/set-up/")
    assert again["Location"].startswith("/account/again/?next=")
    browser.post(again["Location"], {"password": PASSWORD})
    assert browser.get("/account/second-factor/set-up/").status_code == 200


@pytest.mark.control(62)
def test_the_word_of_the_provider_appoints_nobody(saml_provider, with_password, cast, browser):
    with_password("city.secadmin")
    come_in(browser, saml_provider, "city.secadmin")

    assert 'name="credential"' in text_of(browser.get(f"/account/people/{cast['county1.duty'].pk}/appoint/"))


@pytest.mark.control(62)
def test_the_limits_of_wrong_passwords_hold_here_too(saml_provider, with_password, browser):
    with_password("county1.duty")
    for _ in range(5):
        sign_in(browser, "county1.duty", "wrong")

    assert refused(come_in(browser, saml_provider, "county1.duty")) == "throttled"
    assert not is_in(browser)


@pytest.mark.control(62)
def test_made_up_answers_are_counted_by_address(saml_provider, browser, monkeypatch):
    monkeypatch.setattr("accounts.sign_in.devices.PER_ADDRESS", 3)
    codes = [refused(post(browser, {"SAMLResponse": "x"})) for _ in range(5)]

    assert codes == ["central_invalid"] * 3 + ["throttled"] * 2
    assert reasons() == [("", "central_invalid")] * 3 + [("", "throttled")]


@pytest.mark.control(62)
def test_a_session_ends_as_any_other(saml_provider, with_password, browser):
    with_password("county1.duty")
    come_in(browser, saml_provider, "county1.duty")
    OpenSession.objects.update(signed_in_at=timezone.now() - timedelta(hours=12))

    assert not is_in(browser)


@pytest.mark.control(62)
def test_passwords_can_be_closed_behind_it(saml_provider, with_password, browser, settings):
    settings.SSO_ONLY, settings.SSO_EMERGENCY = True, "Call the system administrator, 8000."
    for name in ("county1.duty", "city.secadmin"):
        with_password(name)

    response = sign_in(browser, "county1.duty")

    assert response.status_code == 422
    assert "市级统一认证" in text_of(response)
    assert "Call the system administrator, 8000." in text_of(response)
    assert sign_in(Client(), "city.secadmin").status_code == 302
    assert come_in(browser, saml_provider, "county1.duty").status_code == 302


# --- what the operator hands over ---------------------------------------------------------------------------


def test_our_metadata_are_in_order_and_say_no_more_than_is_needed(saml_provider, browser, settings):
    from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

    response = browser.get(METADATA)

    assert (response.status_code, response["Content-Type"]) == (200, "application/samlmetadata+xml")
    text = response.content.decode()
    assert not isinstance(OneLogin_Saml2_XML.validate_xml(text, "saml-schema-metadata-2.0.xsd"), str)
    assert f'entityID="http://testserver{METADATA}"' in text
    assert f'Location="http://testserver{ANSWER}"' in text
    assert 'WantAssertionsSigned="true"' in text
    assert "session" not in response.cookies
    assert settings.SAML_PROVIDER["sso_url"] not in text


def test_the_button_has_the_providers_name(saml_provider, browser):
    assert "市级统一认证" in text_of(browser.get("/account/login/"))
