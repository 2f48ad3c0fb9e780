"""People with a password and a phone that shows codes, and a browser that really signs in."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import encrypt

PASSWORD = "Kfm7-prt4-wch3-xdn7"


@pytest.fixture
def with_password(cast):
    """with_password("county1.duty") → the person, who now has PASSWORD."""

    def give(username, password=PASSWORD):
        person = cast[username]
        person.set_password(password)
        person.save()
        return person

    return give


@pytest.fixture
def phone(cast):
    """phone("county1.duty") → code(at): what the person's authenticator shows."""

    def set_up(username):
        secret = generate_totp_secret()
        Authenticator.objects.create(user=cast[username], type="totp", data={"secret": encrypt(secret)})
        return lambda at: format_hotp_value(hotp_value(secret, int(at.timestamp()) // 30))

    return set_up


def sign_in(browser, username, password=PASSWORD, **more):
    return browser.post(
        "/account/login/", {"login": username, "password": password, "next": "/account/me/"}, **more
    )


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())
