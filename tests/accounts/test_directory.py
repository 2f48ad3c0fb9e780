"""Sign-in by the directory: its password for an account that is here already, against a real slapd."""

import socket
import threading
import time
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection as database
from django.test import Client
from django.utils import timezone

from accounts.access.sessions import OpenSession
from accounts.central import directory as asking
from accounts.models import Appointment, User
from accounts.sign_in.credentials import check_credential
from common.errors import NotAllowed, TryAgain
from journal.models import Entry
from journal.record import content_of
from tests.accounts.conftest import PASSWORD, sign_in, text_of
from tests.directories import BASE, THERE

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def is_in(browser) -> bool:
    return browser.get("/account/me/").status_code == 200


def reasons() -> list[tuple[str, str]]:
    found = [content_of(entry) for entry in Entry.objects.filter(kind="session.refused").order_by("id")]
    return [(one["username"], one["why"]) for one in found]


def ways() -> list[str]:
    return [
        content_of(entry)["by"] for entry in Entry.objects.filter(kind="session.signed_in").order_by("id")
    ]


@contextmanager
def listener(behave, port=0):
    """A port where `behave(line)` is done with each line that is opened."""
    with socket.create_server(("127.0.0.1", port)) as server, ExitStack() as lines:

        def serve():
            while True:
                try:
                    line = lines.enter_context(server.accept()[0])
                except OSError:
                    return
                threading.Thread(target=behave, args=(line,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def say_nothing(line):
    pass


def drip(line):
    """The beginning of an answer that never ends."""
    try:
        line.sendall(b"\x30\x84\x00\x0f\xff\xff")
        while True:
            line.sendall(b"\x00")
            time.sleep(0.05)
    except OSError:
        return


# --- who comes in -------------------------------------------------------------------------------------------


@pytest.mark.control(61)
@pytest.mark.parametrize("typed", ["county1.duty", " County1.DUTY "])
def test_who_is_known_comes_in_and_the_journal_says_how(directory, cast, browser, units, typed):
    response = sign_in(browser, typed, THERE)

    assert (response.status_code, response["Location"]) == (302, "/account/me/")
    assert is_in(browser)
    [entry] = Entry.objects.filter(kind="session.signed_in")
    assert (entry.actor.username, entry.unit) == ("county1.duty", units["C1"])
    assert content_of(entry) == {"address": "127.0.0.1", "by": "directory", "second_factor": False}


def test_names_in_chinese_are_found(directory):
    assert asking.proves("李.雷", THERE)


@pytest.mark.control(61)
@pytest.mark.parametrize(
    ("state", "why"),
    [("stranger", "central_unknown"), ("disabled", "central_disabled"), ("ended", "central_ended")],
)
def test_who_may_not_come_in_is_told_after_the_right_password_alone(directory, cast, browser, state, why):
    person, people = cast["county1.duty"], User.objects.count()
    if state == "disabled":
        User.objects.filter(pk=person.pk).update(is_active=False)
    if state == "ended":
        Appointment.objects.filter(person=person).update(valid_to=timezone.now() - timedelta(days=1))
    name = "stranger" if state == "stranger" else "county1.duty"

    wrong, right = sign_in(browser, name, "wrong"), sign_in(browser, name, THERE)

    assert (wrong.status_code, right.status_code) == (422, 422)
    assert [why for _name, why in reasons()] == ["wrong", why]
    assert not is_in(browser)
    assert User.objects.count() == people


@pytest.mark.control(61)
@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("county1.duty", "wrong"), ("county1.duty", ""), ("county1.duty", " "), ("county1.duty", "\u00ad"),
        ("county1.duty", "\u00ad\u200b"), ("county1.duty", "\x00"), ("no.such", THERE), ("locked", THERE),
        ("no.password", ""), ("no.password", "x"), ("*", THERE), ("*)(uid=*", THERE), ("county1.*", THERE),
        ("x)(|(uid=county1.duty", THERE), ("county1.duty)(uid=county1.duty", THERE), ("county1.duty\x00", THERE),
        ("\\2a", THERE), ("county1  .duty", THERE), (f"uid=county1.duty,ou=staff,{BASE}", THERE), ("", THERE),
    ],
)  # fmt: skip
def test_what_proves_nothing(directory, username, password):
    assert asking.proves(username, password) is False


@pytest.mark.control(61)
def test_a_name_without_a_password_would_have_been_let_in(directory):
    """That slapd answers "success" here is what the rules above are for."""
    name = f"uid=county1.duty,ou=staff,{BASE}".encode()
    asked = b"\x02\x01\x03\x04" + bytes([len(name)]) + name + b"\x80\x00"
    asked = b"\x02\x01\x01\x60" + bytes([len(asked)]) + asked
    with socket.create_connection(("127.0.0.1", directory.port), timeout=5) as line:
        line.sendall(b"\x30" + bytes([len(asked)]) + asked)
        assert b"\x61\x07\x0a\x01\x00" in line.recv(100)


def test_two_entries_of_one_name_are_nobody(directory, settings):
    assert asking.proves("twice", THERE)
    settings.LDAP_BASE = BASE
    assert not asking.proves("twice", THERE)


def test_base_filter_and_attribute_are_the_installations_choice(directory, settings):
    settings.LDAP_FILTER = "(objectClass=pwdPolicy)"
    assert not asking.proves("county1.duty", THERE)
    settings.LDAP_FILTER, settings.LDAP_ATTRIBUTE = "(&(objectClass=person)(sn=*))", "employeeNumber"
    assert asking.proves("county1.duty", THERE)


@pytest.mark.control(61)
def test_an_unknown_name_is_asked_for_like_a_wrong_password(directory, cast):
    """Known or not, here or there: one hash here and one bind there, so nobody learns a name by waiting."""
    for name in ("county1.duty", "county1.clerk", "no.such", "stranger"):
        before = len(directory.binds())
        sign_in(Client(), name, "wrong")
        assert len(directory.binds()) == before + 2, name


# --- the line -----------------------------------------------------------------------------------------------


@pytest.mark.control(61)
def test_the_line_goes_over_to_tls_where_that_is_asked(directory, settings):
    settings.LDAP_URL, settings.LDAP_STARTTLS = [directory.plain], True
    assert asking.proves("county1.duty", THERE)
    assert "STARTTLS" in directory.log.read_text()


@pytest.mark.control(61)
@pytest.mark.parametrize("starttls", [False, True])
@pytest.mark.parametrize("what", ["authority", "system", "name"])
def test_a_certificate_that_is_not_its_own_is_not_spoken_to(directory, settings, what, starttls):
    url = directory.plain if starttls else directory.secure
    settings.LDAP_STARTTLS = starttls
    settings.LDAP_URL = [url.replace("localhost", "127.0.0.1") if what == "name" else url]
    if what != "name":
        settings.LDAP_CA_FILE = str(directory.folder / "other.pem") if what == "authority" else ""
    before = directory.binds()

    with pytest.raises(TryAgain) as away:
        asking.proves("county1.duty", THERE)

    assert away.value.code == "directory_away"
    assert directory.binds() == before


def test_a_search_account_that_is_refused_proves_nobody(directory, settings):
    settings.LDAP_BIND_PASSWORD = "wrong"
    with pytest.raises(TryAgain):
        asking.proves("county1.duty", THERE)


def test_where_nobody_may_search_nobody_is_found(directory, settings):
    settings.LDAP_BIND_DN = ""
    with pytest.raises(TryAgain):
        asking.proves("county1.duty", THERE)


@pytest.mark.control(61)
def test_what_refers_to_another_server_is_not_followed(directory, settings):
    """Among what the search finds, and instead of an answer."""
    gone_there = []
    with listener(gone_there.append, directory.elsewhere):
        assert asking.proves("county1.duty", THERE)
        settings.LDAP_BASE = f"ou=elsewhere,ou=staff,{BASE}"
        with pytest.raises(TryAgain):
            asking.proves("county1.duty", THERE)
        time.sleep(0.1)
    assert gone_there == []


def test_the_next_server_is_asked_where_one_is_away(directory, settings):
    settings.LDAP_URL = ["ldap://127.0.0.1:9", directory.secure]
    assert asking.proves("county1.duty", THERE)


@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
@pytest.mark.parametrize("behave", [say_nothing, drip, socket.socket.close])
def test_a_directory_that_hangs_is_left(directory, settings, monkeypatch, behave, scheme):
    monkeypatch.setattr(asking, "LONGEST", 0.3)
    with listener(behave) as port:
        settings.LDAP_URL = [f"{scheme}://127.0.0.1:{port}"]
        began = time.monotonic()
        with pytest.raises(TryAgain) as away:
            asking.proves("county1.duty", THERE)
    assert away.value.code == "directory_away"
    assert time.monotonic() - began < 0.9


def test_no_more_than_a_few_wait_for_it(directory, monkeypatch):
    monkeypatch.setattr(asking, "_turns", threading.BoundedSemaphore(1))
    with asking._turns, pytest.raises(TryAgain) as busy:
        asking.proves("county1.duty", THERE)
    assert busy.value.code == "directory_busy"
    assert asking.proves("county1.duty", THERE)


# --- the directory is away ----------------------------------------------------------------------------------


@pytest.fixture
def away(directory, settings):
    settings.LDAP_URL = ["ldap://127.0.0.1:9"]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "市局目录 does not answer just now. Try again in a few minutes. A password of this product works as before."),
     ("zh-hans", "市局目录目前没有响应")],
)  # fmt: skip
def test_that_it_is_away_is_said_and_a_password_of_ours_signs_in(
    away, with_password, browser, language, said
):
    with_password("county1.duty")
    browser.cookies["language"] = language

    response = sign_in(browser, "county1.duty", THERE)

    assert response.status_code == 422
    assert said in text_of(response)
    assert reasons() == [("county1.duty", "directory_away")]
    assert sign_in(browser, "county1.duty").status_code == 302
    assert ways() == ["password"]


@pytest.mark.control(62)
def test_passwords_are_not_guessed_while_it_is_away(away, with_password, browser):
    with_password("county1.duty")
    for _ in range(5):
        sign_in(browser, "county1.duty", "wrong")

    assert sign_in(browser, "county1.duty").status_code == 422
    assert not is_in(browser)


# --- the rules of the house hold ----------------------------------------------------------------------------


@pytest.mark.control(62)
def test_the_second_factor_holds(directory, cast, phone, browser):
    code = phone("county1.duty")

    assert sign_in(browser, "county1.duty", THERE)["Location"] == "/account/code/"
    assert not is_in(browser)
    response = browser.post("/account/code/", {"code": code(timezone.now())})

    assert response.status_code == 302
    assert is_in(browser)
    assert ways() == ["directory"]


@pytest.mark.control(62)
def test_five_wrong_tries_close_it_to_the_right_password_too(directory, cast, browser):
    for _ in range(5):
        sign_in(browser, "county1.duty", "wrong")

    response = sign_in(browser, "county1.duty", THERE)

    assert response.status_code == 422
    assert reasons()[-1] == ("county1.duty", "throttled")
    assert not is_in(browser)


@pytest.mark.control(62)
def test_a_session_ends_as_any_other(directory, cast, browser):
    sign_in(browser, "county1.duty", THERE)
    OpenSession.objects.update(signed_in_at=timezone.now() - timedelta(hours=12))

    assert not is_in(browser)


def test_nothing_is_asked_of_a_password_kept_here(directory, with_password, browser):
    """Handed over at the import, never used, run out: it opens nothing any more, and is in nobody's way."""
    person = with_password("county1.duty")
    User.objects.filter(pk=person.pk).update(one_time_until=timezone.now() - timedelta(days=1))

    assert sign_in(browser, "county1.duty", PASSWORD).status_code == 422
    assert sign_in(browser, "county1.duty", THERE).status_code == 302
    assert browser.get("/account/me/").status_code == 200


def test_the_password_of_the_directory_is_changed_there(directory, cast, browser):
    cast["county1.duty"].set_unusable_password()
    cast["county1.duty"].save()
    sign_in(browser, "county1.duty", THERE)

    response = browser.get("/account/password/")

    assert response.status_code == 409


@pytest.mark.control(62)
def test_a_second_factor_is_set_up_right_after_the_sign_in_alone(directory, cast, browser, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    cast["county1.duty"].set_unusable_password()
    cast["county1.duty"].save()
    sign_in(browser, "county1.duty", THERE)
    assert browser.get("/account/second-factor/set-up/").status_code == 200

    OpenSession.objects.update(signed_in_at=timezone.now() - timedelta(minutes=6))

    assert browser.get("/account/second-factor/set-up/").status_code == 409
    assert not Authenticator.objects.exists()


def test_the_password_asked_for_again_is_the_directorys(directory, with_password, browser):
    with_password("county1.duty")
    sign_in(browser, "county1.duty", THERE)
    OpenSession.objects.update(signed_in_at=timezone.now() - timedelta(minutes=6))
    again = browser.get("/account/second-factor/set-up/")["Location"]

    assert browser.post(again, {"password": "wrong"}).status_code == 422
    assert browser.post(again, {"password": THERE}).status_code == 302
    assert browser.get("/account/second-factor/set-up/").status_code == 200


# --- passwords kept here closed to all but administrators ---------------------------------------------------


@pytest.fixture
def closed(directory, settings):
    settings.SSO_ONLY, settings.SSO_EMERGENCY = True, "Call the system administrator, 8000."


@pytest.mark.control(62)
def test_only_the_directorys_is_taken_from_all_but_administrators(closed, with_password, browser):
    for name in ("county1.duty", "city.secadmin"):
        with_password(name)

    refused = sign_in(browser, "county1.duty")

    assert refused.status_code == 422
    assert "with the password of 市局目录" in text_of(refused) or "市局目录的密码" in text_of(refused)
    assert "Call the system administrator, 8000." in text_of(refused)
    assert reasons() == [("county1.duty", "password_closed")]
    assert sign_in(browser, "county1.duty", THERE).status_code == 302
    assert sign_in(Client(), "city.secadmin").status_code == 302
    assert ways() == ["directory", "password"]


def test_the_same_password_here_and_there_comes_in(closed, with_password, browser):
    with_password("county1.duty", THERE)

    assert sign_in(browser, "county1.duty", THERE).status_code == 302
    assert ways() == ["directory"]


def test_the_emergency_way_is_said_when_it_is_away(closed, with_password, browser, settings):
    settings.LDAP_URL = ["ldap://127.0.0.1:9"]
    with_password("county1.duty")

    for password in (THERE, PASSWORD):
        assert "Call the system administrator, 8000." in text_of(sign_in(browser, "county1.duty", password))


# --- signing ------------------------------------------------------------------------------------------------


@pytest.mark.control(62)
def test_the_password_of_the_directory_signs(directory, cast, now):
    person = cast["county1.duty"]

    assert check_credential(person, THERE, now) == "password"
    for wrong in ("wrong", "", "\u00ad", "123456"):
        with pytest.raises(NotAllowed):
            check_credential(person, wrong, now)


@pytest.mark.control(62)
def test_a_handed_over_password_signs_nothing(directory, with_password, now):
    person = with_password("county1.duty")
    assert check_credential(person, PASSWORD, now) == "password"
    person.one_time_until = now + timedelta(days=1)

    with pytest.raises(NotAllowed):
        check_credential(person, PASSWORD, now)


@pytest.mark.control(62)
def test_while_it_is_away_the_code_signs(away, cast, phone, now):
    person, code = cast["county1.duty"], phone("county1.duty")

    with pytest.raises(TryAgain) as refused:
        check_credential(person, THERE, now)

    assert refused.value.code == "directory_away"
    assert check_credential(person, code(now), now) == "totp"


def test_a_page_that_asks_for_it_says_that_it_is_away(directory, cast, browser, settings):
    page = f"/account/people/{cast['county1.duty'].pk}/disable/"
    sign_in(browser, "city.secadmin", THERE)
    OpenSession.objects.update(signed_in_at=timezone.now() - timedelta(minutes=6))
    settings.LDAP_URL = ["ldap://127.0.0.1:9"]
    browser.cookies["language"] = "en"

    response = browser.post(page, {"credential": THERE, "reason": "left"})

    assert "does not answer just now" in text_of(response)
    assert "The one-time code of your authenticator works meanwhile." in text_of(response)
    assert User.objects.get(username="county1.duty").is_active


@pytest.mark.django_db(transaction=True)
@pytest.mark.control(62)
def test_nothing_is_locked_while_the_directory_is_asked(directory, cast, browser, monkeypatch):
    sign_in(browser, "city.secadmin", THERE)
    OpenSession.objects.update(signed_in_at=timezone.now() - timedelta(minutes=6))
    seen, proves = [], asking.proves
    monkeypatch.setattr(
        asking, "proves", lambda *given: (seen.append(database.in_atomic_block), proves(*given))[1]
    )

    browser.post(
        f"/account/people/{cast['county1.duty'].pk}/disable/", {"credential": THERE, "reason": "left"}
    )

    assert seen == [False]


# --- without a directory ------------------------------------------------------------------------------------


def test_without_a_directory_nobody_is_asked_and_the_page_is_as_it_was(browser, settings, cast, monkeypatch):
    assert settings.LDAP_URL == []
    monkeypatch.setattr(asking, "proves", None)

    assert sign_in(browser, "county1.duty", "wrong").status_code == 422
    assert "data-directory" not in text_of(browser.get("/account/login/"))


def test_the_page_says_whose_password_is_meant(directory, browser):
    assert "市局目录" in text_of(browser.get("/account/login/"))
