"""Codes work once, wherever they are typed; who needs a second factor is led there first."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import UsedCode
from accounts.sign_in import second_factor
from journal.models import Entry
from journal.record import content_of
from tests.accounts.conftest import PASSWORD, sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.control(5)]


def at_the_code(username, browser):
    response = sign_in(browser, username)
    assert response["Location"] == "/account/code/"
    return browser


def test_a_password_alone_does_not_open_an_account_with_a_second_factor(
    wall_clock, with_password, phone, browser
):
    with_password("county1.duty")
    phone("county1.duty")

    at_the_code("county1.duty", browser)

    assert browser.get("/account/me/").status_code == 302
    assert not Entry.objects.filter(kind="session.signed_in").exists()


def test_password_and_code_sign_in(wall_clock, with_password, phone, browser, now):
    with_password("county1.duty")
    code = phone("county1.duty")
    at_the_code("county1.duty", browser)

    response = browser.post("/account/code/", {"code": code(now)[:3] + " " + code(now)[3:]})

    assert (response.status_code, response["Location"]) == (302, "/account/me/")
    assert content_of(Entry.objects.get(kind="session.signed_in"))["second_factor"] is True


def test_a_code_is_refused_the_second_time_even_in_the_next_minute(wall_clock, with_password, phone, now):
    with_password("county1.duty")
    code = phone("county1.duty")
    at_the_code("county1.duty", first := Client())
    at_the_code("county1.duty", second := Client())
    first.post("/account/code/", {"code": code(now)})
    wall_clock.shift(45)

    response = second.post("/account/code/", {"code": code(now)})

    assert response.status_code == 422
    assert "used before" in text_of(response) or "已用过" in text_of(response)


@pytest.mark.parametrize(
    ("seconds", "right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_one_step_of_tolerance(cast, phone, now, seconds, right):
    code = phone("county1.duty")

    accepted = second_factor.accept_code(cast["county1.duty"], code(now + timedelta(seconds=seconds)), now)

    assert accepted is right


def test_the_sixth_wrong_code_is_refused_with_the_time(wall_clock, with_password, phone, browser, now):
    with_password("county1.duty")
    code = phone("county1.duty")
    at_the_code("county1.duty", browser)
    for _ in range(5):
        browser.post("/account/code/", {"code": "000000"})

    response = browser.post("/account/code/", {"code": code(now)})

    assert response.status_code == 422
    assert "09:05:00" in text_of(response)


def test_a_recovery_code_works_once(wall_clock, with_password, phone, now):
    person = with_password("county1.duty")
    phone("county1.duty")
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    code = RecoveryCodes.activate(person).get_unused_codes()[0]
    at_the_code("county1.duty", first := Client())
    at_the_code("county1.duty", second := Client())

    assert first.post("/account/code/", {"code": code}).status_code == 302
    assert second.post("/account/code/", {"code": code}).status_code == 422


def test_setting_up_a_second_factor_shows_key_and_codes(wall_clock, with_password, browser, now):
    person = with_password("county1.duty")
    sign_in(browser, "county1.duty")
    page = browser.get("/account/second-factor/set-up/")
    assert 'src="data:image/svg+xml;base64,' in text_of(page)
    secret = page.context["secret"].replace(" ", "")
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    code = format_hotp_value(hotp_value(secret, int(now.timestamp()) // 30))
    response = browser.post("/account/second-factor/set-up/", {"code": code})

    assert response["Location"] == "/account/recovery-codes/"
    assert len(browser.get("/account/recovery-codes/").context["unused_codes"]) == 10
    assert second_factor.has_second_factor(person)
    # The code that proved the key is used up.
    assert UsedCode.objects.filter(user=person).count() == 1
    changes = [
        content_of(entry) for entry in Entry.objects.filter(kind="second_factor.changed").order_by("id")
    ]
    assert changes == [{"change": "added", "type": "totp"}, {"change": "added", "type": "recovery_codes"}]


def test_the_key_is_sealed_in_the_database(cast, phone):
    phone("county1.duty")

    assert Authenticator.objects.get().data["secret"].startswith("s1:")


def test_setting_up_long_after_signing_in_asks_for_the_password(wall_clock, with_password, browser):
    with_password("county1.duty")
    sign_in(browser, "county1.duty")
    wall_clock.shift(timedelta(minutes=6))

    response = browser.get("/account/second-factor/set-up/")

    assert response["Location"].startswith("/account/again/?next=")
    again = browser.post(response["Location"], {"password": PASSWORD})
    assert again["Location"] == "/account/second-factor/set-up/"
    assert browser.get("/account/second-factor/set-up/").status_code == 200


def test_removing_the_second_factor_is_recorded(wall_clock, with_password, phone, browser, now):
    with_password("county1.duty")
    code = phone("county1.duty")
    at_the_code("county1.duty", browser)
    browser.post("/account/code/", {"code": code(now)})

    browser.post("/account/second-factor/remove/")

    assert not Authenticator.objects.exists()
    assert content_of(Entry.objects.filter(kind="second_factor.changed").last())["change"] == "removed"


def test_where_it_is_required_everything_else_waits(wall_clock, settings, with_password, browser):
    settings.REQUIRE_SECOND_FACTOR = True
    with_password("county1.duty")
    sign_in(browser, "county1.duty")

    page, call = browser.get("/account/me/"), browser.get("/api/v1/journal/")

    assert (page.status_code, page["Location"]) == (
        303,
        "/account/second-factor/set-up/?next=%2Faccount%2Fme%2F",
    )
    assert (call.status_code, call.json()["code"]) == (403, "second_factor_required")
    assert browser.get("/account/second-factor/set-up/").status_code == 200


def test_where_it_is_required_nobody_removes_it(wall_clock, settings, with_password, phone, browser, now):
    settings.REQUIRE_SECOND_FACTOR = True
    with_password("county1.duty")
    code = phone("county1.duty")
    at_the_code("county1.duty", browser)
    browser.post("/account/code/", {"code": code(now)})
    assert browser.get("/account/me/").status_code == 200

    response = browser.post("/account/second-factor/remove/")

    assert response.status_code == 422
    assert Authenticator.objects.exists()
