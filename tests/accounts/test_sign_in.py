from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import OpenSession, User, WrongTry
from accounts.sign_in.passwords import quick_hash
from config import settings as product
from journal.models import Entry
from journal.record import content_of
from tests.accounts.conftest import PASSWORD, sign_in, text_of

pytestmark = pytest.mark.django_db


def entries(kind):
    return list(Entry.objects.filter(kind=kind).order_by("id"))


@pytest.mark.control(9)
def test_signing_in_gives_a_new_session_and_is_recorded(wall_clock, with_password, units, browser):
    browser.get("/account/login/")
    browser.session["x"] = 1
    before = browser.session.session_key
    with_password("county1.duty")

    response = sign_in(browser, "county1.duty", HTTP_USER_AGENT="Test browser")

    assert (response.status_code, response["Location"]) == (302, "/account/me/")
    assert browser.session.session_key != before
    [entry] = entries("session.signed_in")
    assert (entry.unit, entry.actor.username, entry.post) == (units["C1"], "county1.duty", "县局值班员")
    assert content_of(entry) == {"address": "127.0.0.1", "by": "password", "second_factor": False}
    assert OpenSession.objects.get().device == "Test browser"


@pytest.mark.control(9)
def test_signing_out_ends_the_session_on_the_server(wall_clock, with_password, browser):
    with_password("county1.duty")
    sign_in(browser, "county1.duty")
    stolen = Client()
    stolen.cookies["session"] = browser.cookies["session"].value
    assert stolen.get("/account/me/").status_code == 200

    browser.post("/account/logout/")

    assert stolen.get("/account/me/").status_code == 302
    assert not OpenSession.objects.exists()
    assert [content_of(e) for e in entries("session.signed_out")] == [{"why": "own"}]


@pytest.mark.control(7)
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(wall_clock, with_password, browser):
    with_password("county1.duty")

    known, unknown = sign_in(browser, "county1.duty", "wrong"), sign_in(browser, "no.such.person", "wrong")

    assert known.status_code == unknown.status_code == 422
    assert text_of(known).replace("county1.duty", "") .split("<main")[1].split("csrf")[0] == \
        text_of(unknown).replace("no.such.person", "").split("<main")[1].split("csrf")[0]  # fmt: skip
    refused = entries("session.refused")
    assert [content_of(entry)["username"] for entry in refused] == ["county1.duty", ""]
    assert [content_of(entry)["why"] for entry in refused] == ["wrong", "wrong"]
    assert not any("wrong" in entry.body.replace('"why":"wrong"', "") for entry in refused)


@pytest.mark.control(6)
@pytest.mark.parametrize("username", ["county1.duty", "no.such.person"])
def test_the_sixth_wrong_try_is_refused_with_the_time(wall_clock, with_password, browser, username):
    with_password("county1.duty")
    for _ in range(5):
        assert "09:05:00" not in text_of(sign_in(browser, username, "wrong"))
        wall_clock.shift(1)

    response = sign_in(browser, username, "wrong")

    assert response.status_code == 422
    assert "09:05:00" in text_of(response)
    assert WrongTry.objects.filter(key__startswith="place:").count() == 5


@pytest.mark.control(6)
def test_after_the_wait_the_right_password_works(wall_clock, with_password, browser):
    with_password("county1.duty")
    for _ in range(6):
        sign_in(browser, "county1.duty", "wrong")
    assert sign_in(browser, "county1.duty").status_code == 422

    wall_clock.shift(timedelta(minutes=5))

    assert sign_in(browser, "county1.duty").status_code == 302


@pytest.mark.control(6)
def test_refused_tries_do_not_lengthen_the_wait_and_are_recorded_once(wall_clock, with_password, browser):
    with_password("county1.duty")
    for _ in range(5):
        sign_in(browser, "county1.duty", "wrong")
    wall_clock.shift(timedelta(minutes=4))
    for _ in range(10):
        sign_in(browser, "county1.duty", "wrong")

    assert [content_of(e)["why"] for e in entries("session.refused")].count("throttled") == 1
    wall_clock.shift(timedelta(minutes=1))
    assert sign_in(browser, "county1.duty").status_code == 302


@pytest.mark.control(6)
def test_a_neighbour_behind_the_same_address_is_not_locked_out(wall_clock, with_password, browser):
    with_password("county1.director")
    for n in range(100):
        sign_in(browser, f"guess{n}", "wrong")

    assert sign_in(Client(), "county1.director").status_code == 302


@pytest.mark.control(6)
def test_a_stranger_locks_nobody_out_of_a_browser_that_signed_in_before(wall_clock, with_password, browser):
    with_password("county1.duty")
    sign_in(browser, "county1.duty")
    browser.post("/account/logout/")
    stranger = Client()
    for n in range(40):
        sign_in(stranger, "county1.duty", "wrong", REMOTE_ADDR=f"10.0.0.{n}")

    assert sign_in(Client(), "county1.duty").status_code == 422
    assert sign_in(browser, "county1.duty").status_code == 302


@pytest.mark.control(6)
def test_a_known_browser_has_its_own_limit(wall_clock, with_password, browser):
    with_password("county1.duty")
    sign_in(browser, "county1.duty")
    browser.post("/account/logout/")
    for _ in range(5):
        sign_in(browser, "county1.duty", "wrong")

    assert sign_in(browser, "county1.duty").status_code == 422


def test_a_forged_device_cookie_is_nobodys(wall_clock, with_password, browser):
    browser.cookies["device"] = "eyJpZCI6ICJ4In0:forged"
    with_password("county1.duty")

    assert sign_in(browser, "county1.duty").status_code == 302


@pytest.mark.control(7)
def test_a_disabled_account_gets_the_same_answer_as_a_wrong_password(wall_clock, with_password, browser):
    person = with_password("county1.duty")
    person.is_active = False
    person.save()

    disabled, unknown = sign_in(browser, "county1.duty"), sign_in(browser, "no.such.person")

    assert disabled.status_code == unknown.status_code == 422


def test_the_next_address_must_be_ours(wall_clock, with_password, browser):
    with_password("county1.duty")

    response = browser.post(
        "/account/login/", {"login": "county1.duty", "password": PASSWORD, "next": "https://evil.example/"}
    )

    assert "evil" not in response["Location"]


def test_the_account_language_comes_along_to_a_new_browser(wall_clock, with_password, browser):
    person = with_password("county1.duty")
    person.language = "en"
    person.save()

    response = sign_in(browser, "county1.duty")

    assert response.cookies["language"].value == "en"
    assert "My account" in text_of(browser.get("/account/me/"))


def test_nobody_signs_up(browser, db):
    for path in ("signup", "email", "password/reset"):
        assert browser.get(f"/account/{path}/").status_code == 404


@pytest.mark.control(2)
def test_a_capital_letter_is_forgiven_and_two_accounts_never_differ_by_it(
    wall_clock, with_password, browser, cast
):
    with_password("county1.duty")

    assert sign_in(browser, " County1.Duty ").status_code == 302
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="COUNTY1.duty")


@pytest.mark.control(7)
@pytest.mark.parametrize("kind", ["full", "quick", "none", "unknown"])
def test_every_wrong_try_costs_one_hash_at_full_cost(settings, cast, monkeypatch, kind):
    """The time of an answer must not tell whether the account exists."""
    settings.PASSWORD_HASHERS = product.PASSWORD_HASHERS
    person = cast["county1.duty"]
    if kind == "full":
        person.password = make_password(PASSWORD)
    if kind == "quick":
        person.password = quick_hash(PASSWORD)
    person.save()
    full = []
    for name in ("encode", "verify"):
        original = getattr(Argon2PasswordHasher, name)

        def counted(self, password, encoded, *more, _original=original):
            is_full = type(self) is Argon2PasswordHasher and "m=8192" not in encoded
            full.append(1) if is_full else None
            return _original(self, password, encoded, *more)

        monkeypatch.setattr(Argon2PasswordHasher, name, counted)

    assert (
        authenticate(None, username="nobody" if kind == "unknown" else "county1.duty", password="wrong")
        is None
    )

    assert len(full) == 1
