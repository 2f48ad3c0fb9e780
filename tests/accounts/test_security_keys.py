"""A security key is a second factor at the sign-in and a proof at a signature; each of its answers works once."""

import json
import threading
from datetime import timedelta

import pytest
from allauth.core import context
from allauth.mfa.models import Authenticator
from django.db import connection, transaction
from django.test import Client, RequestFactory

from accounts.models import WrongTry
from accounts.people.actions import reset_second_factor, retire_person
from accounts.scope import reach_of
from accounts.sign_in import security_keys
from accounts.sign_in.credentials import check_credential
from accounts.sign_in.second_factor import has_second_factor
from engine.backup import backup_keys
from journal.models import Entry
from journal.record import content_of
from tests.accounts.conftest import PASSWORD, sign_in, text_of
from tests.soft_key import SoftKey

pytestmark = [pytest.mark.django_db, pytest.mark.control(5)]

KEY = Authenticator.Type.WEBAUTHN


def here() -> Client:
    """A browser at a page that counts as protected."""
    return Client(HTTP_HOST="localhost")


def question_on(response) -> dict:
    text = response.content.decode()
    return json.loads(text.split('id="key-question" type="application/json">')[1].split("</script>")[0])


def add_key(browser, key=None, name="蓝色钥匙", **more):
    """Add a key in an open session; returns it and the page's answer."""
    key = key or SoftKey()
    answer = key.add(question_on(browser.get("/account/keys/new/")), **more)
    return key, browser.post("/account/keys/new/", {"name": name, "credential": answer})


@pytest.fixture
def person(with_password, wall_clock):
    return with_password("county1.duty")


@pytest.fixture
def owner(person):
    """A browser whose person has just signed in and added a key: (browser, key)."""
    browser = here()
    sign_in(browser, "county1.duty")
    key, _response = add_key(browser)
    return browser, key


def at_the_second_step():
    browser = here()
    response = sign_in(browser, "county1.duty")
    assert response["Location"] == "/account/code/"
    return browser


def sign_in_with(key, **more):
    browser = at_the_second_step()
    answer = key.answer(question_on(browser.get("/account/code/")), **more)
    return browser, browser.post("/account/code/", {"credential": answer})


def is_in(browser) -> bool:
    return browser.get("/account/me/").status_code == 200


def changes() -> list[dict]:
    return [content_of(entry) for entry in Entry.objects.filter(kind="second_factor.changed").order_by("id")]


def why_refused() -> list[str]:
    return [content_of(entry)["why"] for entry in Entry.objects.filter(kind="session.refused").order_by("id")]


def token_form(answer) -> dict:
    return {"note": "监控", "until": "2027-01-31", "scopes": ["incidents:read"], "credential": answer}


def asked(browser) -> dict:
    response = browser.post("/account/keys/question/")
    assert response.status_code == 200, response.content
    return response.json()


# --- adding ------------------------------------------------------------------------------------------------


def test_a_key_is_added_under_a_name_and_recorded_without_it(person):
    browser = here()
    sign_in(browser, "county1.duty")

    _key, response = add_key(browser, name="蓝色钥匙")

    assert response["Location"] == "/account/recovery-codes/"
    row = Authenticator.objects.get(type=KEY)
    assert (row.user, row.data["name"]) == (person, "蓝色钥匙")
    assert has_second_factor(person)
    assert "蓝色钥匙" in text_of(browser.get("/account/me/"))
    assert changes() == [
        {"change": "added", "type": "webauthn", "key": row.pk},
        {"change": "added", "type": "recovery_codes"},
    ]


def test_of_an_answer_only_the_public_key_is_kept(person):
    browser = here()
    sign_in(browser, "county1.duty")
    key = SoftKey()
    answer = json.loads(key.add(question_on(browser.get("/account/keys/new/"))))
    answer |= {"note": "\u0000", "response": answer["response"] | {"more": "\u0000"}}

    browser.post("/account/keys/new/", {"name": "x", "credential": json.dumps(answer)})

    kept = Authenticator.objects.get(type=KEY).data["credential"]
    assert set(kept) == {"id", "rawId", "type", "response"}
    assert set(kept["response"]) == {"clientDataJSON", "attestationObject"}


def test_a_key_without_pin_or_finger_is_not_added(person):
    browser = here()
    sign_in(browser, "county1.duty")

    _key, response = add_key(browser, verified=False)

    assert response.status_code == 422
    assert not Authenticator.objects.exists()


def test_a_key_is_added_once(owner):
    browser, key = owner

    _key, response = add_key(browser, key)

    assert response.status_code == 422
    assert "已登记" in text_of(response)
    assert Authenticator.objects.filter(type=KEY).count() == 1


def test_a_second_key_leads_back_to_the_account(owner):
    browser, _key = owner

    _second, response = add_key(browser, name="备用")

    assert response["Location"] == "/account/second-factor/"
    assert Authenticator.objects.filter(type=KEY).count() == 2


@pytest.mark.parametrize(
    "answer", ["", "x", "{}", "[" * 3000, '{"clientDataJSON": 1}', "\ud7ff", "null", '{"response": []}']
)
def test_what_no_key_has_made_is_not_added(person, answer):
    browser = here()
    sign_in(browser, "county1.duty")
    browser.get("/account/keys/new/")

    response = browser.post("/account/keys/new/", {"name": "x", "credential": answer})

    assert response.status_code == 422
    assert not Authenticator.objects.exists()


def test_adding_long_after_signing_in_asks_for_the_password(person, wall_clock):
    browser = here()
    sign_in(browser, "county1.duty")
    wall_clock.shift(timedelta(minutes=6))

    response = browser.get("/account/keys/new/")

    assert response["Location"].startswith("/account/again/?next=")


def test_where_a_factor_is_required_a_key_is_one(settings, person):
    settings.REQUIRE_SECOND_FACTOR = True
    browser = here()
    sign_in(browser, "county1.duty")
    assert browser.get("/account/me/").status_code == 303

    add_key(browser)

    assert is_in(browser)


@pytest.mark.parametrize(
    ("host", "home", "secure", "works"),
    [
        ("localhost:8000", "", False, True),
        ("localhost:8000", "localhost", False, True),
        ("icd.example", "", True, True),
        ("icd.example", "icd.example", True, True),
        ("icd.example", "example", True, True),
        ("icd.example", "", False, False),
        ("other.example", "icd.example", True, False),
        ("icd.example.evil.test", "icd.example", True, False),
        ("xicd.example", "icd.example", True, False),
        ("10.1.2.3", "", True, False),
        ("[::1]:8000", "", True, False),
    ],
)
def test_where_keys_work(settings, host, home, secure, works):
    settings.SECURITY_KEY_HOST, settings.ALLOWED_HOSTS = home, ["*"]
    request = RequestFactory().get("/", headers={"host": host}, secure=secure)

    assert (security_keys.why_not_here(request) == "") is works


def test_a_page_over_plain_http_says_why_in_place_of_a_button(person, browser, settings):
    settings.ALLOWED_HOSTS = ["bureau.example"]
    there = Client(HTTP_HOST="bureau.example")
    sign_in(there, "county1.duty")

    text = text_of(there.get("/account/keys/new/"))

    assert "https" in text
    assert "data-key-press" not in text


# --- signing in --------------------------------------------------------------------------------------------


def test_a_password_alone_does_not_open_an_account_with_a_key(owner):
    assert not is_in(at_the_second_step())


def test_password_and_key_sign_in(owner):
    browser, response = sign_in_with(owner[1])

    assert (response.status_code, response["Location"]) == (302, "/account/me/")
    assert is_in(browser)
    assert content_of(Entry.objects.filter(kind="session.signed_in").last())["second_factor"] is True
    assert Authenticator.objects.get(type=KEY).last_used_at is not None


def test_a_recovery_code_opens_the_account_when_the_key_is_lost(owner, person):
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]

    assert at_the_second_step().post("/account/code/", {"code": code}).status_code == 302


def test_pages_of_who_has_a_key_tell_the_script_where_to_ask(owner, with_password):
    with_password("county1.director")
    other = here()
    sign_in(other, "county1.director")

    assert "/account/keys/question/" in text_of(owner[0].get("/account/me/"))
    assert "/account/keys/question/" not in text_of(other.get("/account/me/"))
    assert other.post("/account/keys/question/").json()["code"] == "no_key"


REFUSED = {
    "another key": lambda key: sign_in_with(SoftKey()),
    "another site": lambda key: sign_in_with(key, origin="https://localhost.evil.example"),
    "a name below ours": lambda key: sign_in_with(key, origin="http://sub.localhost"),
    "no pin, no finger": lambda key: sign_in_with(key, verified=False),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_key_that_does_not_fit_is_refused_and_on_record(owner, case):
    key = owner[1]
    if case == "another key":
        other = SoftKey()
        other.number = key.number
        browser, response = sign_in_with(other)
    else:
        browser, response = REFUSED[case](key)

    assert response.status_code == 422
    assert not is_in(browser)
    assert why_refused() == ["security_key"]
    assert WrongTry.objects.filter(key__startswith="code:").count() == 1


def test_a_key_unknown_here_is_refused(owner):
    _browser, response = sign_in_with(SoftKey())

    assert response.status_code == 422


def test_a_key_whose_counter_does_not_go_up_is_there_twice(owner):
    key = owner[1]
    sign_in_with(key)
    copied = key.counter - 1
    sign_in_with(key)
    key.counter = copied

    browser, response = sign_in_with(key)

    assert response.status_code == 422
    assert not is_in(browser)


def test_an_answer_to_a_question_of_long_ago_is_refused(owner, wall_clock):
    key, browser = owner[1], at_the_second_step()
    question = question_on(browser.get("/account/code/"))
    wall_clock.shift(timedelta(minutes=5))

    assert browser.post("/account/code/", {"credential": key.answer(question)}).status_code == 422


def test_wrong_keys_and_wrong_codes_are_counted_together(owner, phone, now):
    code = phone("county1.duty")
    for _ in range(5):
        sign_in_with(SoftKey())

    response = at_the_second_step().post("/account/code/", {"code": code(now)})

    assert response.status_code == 422
    assert "09:05:00" in text_of(response)


# --- signing -----------------------------------------------------------------------------------------------


@pytest.mark.control(12)
def test_a_key_proves_who_makes_a_token_without_a_password(owner, person):
    browser, key = owner
    person.set_unusable_password()
    person.save()
    browser.force_login(person)

    response = browser.post("/account/tokens/", token_form(key.answer(asked(browser))))

    assert response.status_code in (200, 201, 303)
    assert person.api_tokens.count() == 1


@pytest.mark.control(12)
@pytest.mark.parametrize("counts", [True, False])
def test_an_answer_signs_once(person, counts):
    browser = here()
    sign_in(browser, "county1.duty")
    key, _response = add_key(browser, SoftKey(counts=counts))
    question = asked(browser)
    answer = key.answer(question)
    kept = browser.session["mfa.webauthn.state"]
    browser.post("/account/tokens/", token_form(answer))
    # As two requests find it that come at once: the session still has the question.
    session = browser.session
    session["mfa.webauthn.state"] = kept
    session.save()

    response = browser.post("/account/tokens/", token_form(answer))

    assert response.status_code == 422
    assert person.api_tokens.count() == 1
    [entry] = Entry.objects.filter(kind="credential.refused")
    assert content_of(entry) == {"by": "webauthn"}


def request_of(browser):
    """A request of the browser, which has read the session as it is now."""
    request = RequestFactory().post("/", headers={"host": "localhost"})
    request.session = dict(browser.session.items())
    return context.request_context(request)


@pytest.mark.control(12)
@pytest.mark.django_db(transaction=True)
def test_an_answer_is_unused_again_when_what_it_signed_is_rolled_back(owner, person, now):
    browser, key = owner
    answer = key.answer(asked(browser))

    with request_of(browser), pytest.raises(ZeroDivisionError), transaction.atomic():
        assert check_credential(person, answer, now) == "webauthn"
        raise ZeroDivisionError

    with request_of(browser):
        assert check_credential(person, answer, now) == "webauthn"


@pytest.mark.control(12)
@pytest.mark.django_db(transaction=True)
def test_of_eight_requests_at_once_with_one_answer_one_is_signed(person, now):
    browser = here()
    sign_in(browser, "county1.duty")
    key, _response = add_key(browser, SoftKey(counts=False))
    answer, together, accepted = key.answer(asked(browser)), threading.Barrier(8), []

    def one():
        try:
            with request_of(browser):
                together.wait(30)
                accepted.append(security_keys.accept_answer(person, answer, now) is not None)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(accepted) == [False] * 7 + [True]


@pytest.mark.control(12)
def test_an_answer_from_another_session_signs_nothing(owner, person):
    browser, key = owner
    other, _response = sign_in_with(key)
    asked(browser)

    response = browser.post("/account/tokens/", token_form(key.answer(asked(other))))

    assert response.status_code == 422
    assert person.api_tokens.count() == 0


@pytest.mark.control(6)
def test_wrong_keys_close_the_signature_as_wrong_passwords_do(owner, person):
    browser, _key = owner
    for _ in range(5):
        browser.post("/account/tokens/", token_form(SoftKey().answer(asked(browser))))

    response = browser.post("/account/tokens/", token_form(PASSWORD))

    assert "09:05:00" in text_of(response)
    assert person.api_tokens.count() == 0


def test_no_key_is_asked_of_who_is_not_signed_in(db):
    assert here().post("/account/keys/question/").status_code == 302


def test_the_second_proof_may_be_a_key(owner, wall_clock):
    browser, key = owner
    wall_clock.shift(timedelta(minutes=6))
    address = "/account/keys/again/?next=/account/keys/new/"
    question = question_on(browser.get(address))

    response = browser.post(address, {"credential": key.answer(question)})

    assert response["Location"] == "/account/keys/new/"
    assert browser.get("/account/keys/new/").status_code == 200


# --- taking it away ----------------------------------------------------------------------------------------


def remove(browser):
    return browser.post(f"/account/keys/{Authenticator.objects.filter(type=KEY).first().pk}/remove/")


def test_a_key_is_removed_and_opens_nothing_any_more(owner, person):
    browser, _key = owner
    pk = Authenticator.objects.get(type=KEY).pk
    assert browser.get(f"/account/keys/{pk}/remove/").status_code == 200

    response = remove(browser)

    assert response["Location"] == "/account/me/"
    assert not Authenticator.objects.exists()
    assert {"change": "removed", "type": "webauthn", "key": pk} in changes()
    assert "/account/keys/question/" not in text_of(browser.get("/account/me/"))


def test_somebody_elses_key_is_not_removed(owner, with_password):
    with_password("county1.director")
    other = here()
    sign_in(other, "county1.director")

    assert remove(other).status_code == 404
    assert Authenticator.objects.filter(type=KEY).exists()


def test_where_a_factor_is_required_the_last_one_stays(owner, settings, phone):
    settings.REQUIRE_SECOND_FACTOR = True
    browser, _key = owner

    assert remove(browser).status_code == 422
    assert (
        browser.delete(f"/account/keys/{Authenticator.objects.get(type=KEY).pk}/remove/").status_code == 405
    )
    assert Authenticator.objects.filter(type=KEY).exists()
    phone("county1.duty")
    assert remove(browser).status_code == 302
    assert not Authenticator.objects.filter(type=KEY).exists()


def test_a_reset_by_the_administrator_takes_the_keys_too(owner, cast, person, now):
    browser, _key = owner

    reset_second_factor(reach=reach_of(cast["city.secadmin"], now), person_id=person.pk, now=now)

    assert not Authenticator.objects.exists()
    assert changes()[-1]["change"] == "reset"
    assert not is_in(browser)


def test_who_leaves_leaves_the_keys(owner, person, now):
    retire_person(person_id=person.pk, actor=None, reason="not on the list", now=now)

    assert not Authenticator.objects.filter(user=person).exists()
    assert changes()[-1]["change"] == "reset"


def test_a_public_key_is_no_sealed_value_that_a_restore_misses(owner):
    assert backup_keys.unreadable(backup_keys.here()) == 0
