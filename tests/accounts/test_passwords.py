"""Both password profiles; SECURITY: long phrases, breached list, context words, history, age, hash."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.people.actions import set_own_password
from accounts.sign_in import passwords
from config import settings as product
from tests.accounts.conftest import PASSWORD, sign_in, text_of

LONG_PHRASE = "correct horse battery staple Over the 7 mountains and 7 rivers it went"


def validators(profile):
    return [
        {"NAME": "accounts.sign_in.passwords.ProfileValidator", "OPTIONS": {"profile": profile}},
        *product.AUTH_PASSWORD_VALIDATORS[1:],
    ]


def codes(settings, profile, password, user=None) -> set[str]:
    settings.AUTH_PASSWORD_VALIDATORS = validators(profile)
    try:
        validate_password(password, user)
    except ValidationError as objection:
        return {error.code for error in objection.error_list}
    return set()


@pytest.mark.control(3)
@pytest.mark.parametrize(
    ("password", "mlps3", "asvs"),
    [
        ("Aa1mvrtkkww", {"password_profile"}, {"password_profile"}),  # 11
        ("Aa1kkkvvvrrr", set(), {"password_profile"}),  # 12, three classes
        ("aa1kkkvvvrrr", {"password_profile"}, {"password_profile"}),  # two classes
        ("kkkvvvrrrmmm-ttt", {"password_profile"}, set()),  # 16, two classes
        ("kkkvvvrrrmmmttt", {"password_profile"}, set()),  # 15, one class
        ("Kkkvvv-rrrmmmttt", set(), set()),
        (LONG_PHRASE, set(), set()),  # 70
        ("Kfm7-prt4-wch3-x" * 16, set(), set()),  # 256
        ("Kfm7-prt4-wch3-x" * 16 + "x", {"password_too_long"}, {"password_too_long"}),
    ],
)
def test_profiles(settings, password, mlps3, asvs):
    assert codes(settings, "mlps3", password) == mlps3
    assert codes(settings, "asvs", password) == asvs


@pytest.mark.control(3)
@pytest.mark.parametrize("password", ["Jiangzhou-2026", "County1.duty-77", "xx-DUTY-2026-yy"])
def test_what_an_outsider_would_try_first_is_refused(settings, password):
    settings.SITE_NAME = "Jiangzhou"
    user = User(username="county1.duty", name="何雨")

    assert "password_context" in codes(settings, "mlps3", password, user)


@pytest.mark.control(3)
@pytest.mark.parametrize(
    "password",
    [
        "1234567890qwerty",
        "qwertyuiopasdfgh",
        "passwordpassword",
        "Admin@123456",
        "Aa1!Aa1!Aa1!Aa1!",
        "Password1234",
        "woaini5201314!!",
    ],
)
def test_what_guessing_programs_try_first_is_refused(settings, password):
    assert "password_guessable" in codes(settings, "mlps3", password) | codes(settings, "asvs", password)


@pytest.mark.control(3)
def test_breached_passwords_are_refused(settings):
    assert "password_too_common" in codes(settings, "mlps3", "Password1234")


def test_random_passwords_fulfil_both_profiles_and_differ(settings):
    made = [passwords.random_password() for _ in range(50)]

    assert len(set(made)) == 50
    for password in made:
        assert codes(settings, "mlps3", password) == set()
        assert codes(settings, "asvs", password) == set()


@pytest.mark.control(4)
def test_the_product_hashes_with_argon2id_at_full_cost():
    hasher = Argon2PasswordHasher()

    assert product.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"
    assert hasher.memory_cost >= 19 * 1024
    assert make_password("x", hasher="default").startswith("md5")  # tests only


@pytest.mark.control(4)
def test_a_quick_hash_is_verified_and_made_anew_at_the_first_sign_in(settings, db):
    settings.PASSWORD_HASHERS = product.PASSWORD_HASHERS
    user = User.objects.create(username="x", password=passwords.quick_hash(PASSWORD))
    assert passwords.is_quick(user.password)

    assert user.check_password(PASSWORD)

    assert not passwords.is_quick(User.objects.get().password)
    assert check_password(PASSWORD, User.objects.get().password)


@pytest.mark.control(3)
def test_none_of_the_last_five_comes_back(settings, cast, now):
    user = cast["county1.duty"]
    used = [f"Kfm7-prt4-wch3-xdn{n}" for n in range(7)]
    for day, password in enumerate(used):
        set_own_password(user=user, password=password, now=now + timedelta(days=day))

    refused = [codes(settings, "mlps3", password, user) for password in used]

    assert refused == [set()] * 2 + [{"password_former"}] * 5
    assert user.former_passwords.count() == 5
    assert codes(settings, "asvs", used[-1], user) == set()


@pytest.mark.control(3)
@pytest.mark.parametrize(
    ("profile", "days", "expired"), [("mlps3", 89, False), ("mlps3", 90, True), ("asvs", 4000, False)]
)
def test_age(settings, now, profile, days, expired):
    settings.PASSWORD_PROFILE = profile
    user = User(password_changed_at=now - timedelta(days=days))

    assert passwords.is_expired(user, now) is expired


@pytest.mark.django_db
def test_an_outdated_password_is_changed_before_anything_else(wall_clock, with_password, browser, now):
    person = with_password("county1.duty")
    User.objects.filter(pk=person.pk).update(password_changed_at=now - timedelta(days=90))
    sign_in(browser, "county1.duty")

    page, call = browser.get("/account/me/"), browser.get("/api/v1/journal/")

    assert page["Location"] == "/account/password/?next=%2Faccount%2Fme%2F"
    assert (call.status_code, call.json()["code"]) == (403, "password_change_required")
    new = "Wct4-hjk7-mnp3-rvx4"
    changed = browser.post(page["Location"], {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert changed["Location"] == "/account/me/"
    assert browser.get("/account/me/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"oldpassword": "wrong"}, {"password2": "other"}, {"password1": "short", "password2": "short"}]
)
def test_a_change_that_is_not_in_order_is_refused_with_422(wall_clock, with_password, browser, change):
    with_password("county1.duty")
    sign_in(browser, "county1.duty")
    new = "Wct4-hjk7-mnp3-rvx4"

    response = browser.post(
        "/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new} | change
    )

    assert response.status_code == 422
    assert "data-error-summary" in text_of(response)
