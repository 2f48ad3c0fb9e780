"""A session ends when it is ended: by the person, an administrator, a new password, age or idleness."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.access import sessions
from accounts.models import OpenSession
from accounts.people import actions
from engine.server.socket_auth import read_readers
from journal.models import Entry
from journal.record import content_of
from tests.accounts.conftest import PASSWORD, sign_in, text_of

pytestmark = pytest.mark.django_db


def is_in(browser) -> bool:
    return browser.get("/account/me/").status_code == 200


@pytest.fixture
def two(wall_clock, with_password):
    """The same person at two browsers."""
    with_password("county1.duty")
    first, second = Client(), Client()
    sign_in(first, "county1.duty", HTTP_USER_AGENT="First browser")
    sign_in(second, "county1.duty", HTTP_USER_AGENT="Second browser")
    return first, second


@pytest.mark.control(11)
def test_my_sessions_are_listed_and_the_other_one_can_be_ended(two):
    first, second = two
    page = first.get("/account/me/")
    assert "First browser" in text_of(page)
    assert "Second browser" in text_of(page)
    other = OpenSession.objects.get(device="Second browser")

    response = first.post(f"/account/sessions/{other.pk}/end/")

    assert (response.status_code, response["Location"]) == (303, "/account/me/#sessions")
    assert (is_in(first), is_in(second)) == (True, False)
    assert content_of(Entry.objects.get(kind="session.ended"))["count"] == 1


@pytest.mark.control(11)
def test_nobody_ends_somebody_elses_session(two, with_password):
    with_password("county1.director")
    director = Client()
    sign_in(director, "county1.director")

    response = director.post(f"/account/sessions/{OpenSession.objects.first().pk}/end/")

    assert response.status_code == 404
    assert all(is_in(browser) for browser in two)


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(two):
    first, second = two
    new = "Wct4-hjk7-mnp3-rvx4"

    response = first.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert response.status_code == 302, text_of(response)
    assert (is_in(first), is_in(second)) == (True, False)
    assert [row.device for row in OpenSession.objects.all()] == ["First browser"]
    assert Entry.objects.filter(kind="password.changed").count() == 1


@pytest.mark.control(8)
@pytest.mark.parametrize(("minutes", "still_in"), [(14, True), (15, False)])
def test_an_idle_session_ends(two, wall_clock, minutes, still_in):
    wall_clock.shift(timedelta(minutes=minutes))

    assert is_in(two[0]) is still_in
    if not still_in:
        assert content_of(Entry.objects.filter(kind="session.signed_out").last()) == {"why": "idle"}


@pytest.mark.control(8)
def test_every_request_and_every_open_screen_counts_as_being_there(two, wall_clock):
    first, second = two
    for _ in range(4):
        wall_clock.shift(timedelta(minutes=10))
        assert is_in(first)
        assert not sessions.over_among([second.session.session_key], timezone.now())

    assert is_in(second)


@pytest.mark.control(8)
def test_no_session_outlives_a_shift(two, wall_clock):
    first, _ = two
    for _ in range(71):
        wall_clock.shift(timedelta(minutes=10))
        assert is_in(first)
    # Whatever writes to the session would keep Django's own limit away for ever.
    stored = first.session
    stored["x"] = 1
    stored.save()

    wall_clock.shift(timedelta(minutes=10))

    assert not is_in(first)
    assert content_of(Entry.objects.filter(kind="session.signed_out").last()) == {"why": "age"}


def test_the_idle_limit_can_be_switched_off(two, wall_clock, settings):
    settings.SESSION_IDLE_MINUTES = 0
    wall_clock.shift(timedelta(hours=11))

    assert is_in(two[0])


@pytest.mark.control(10)
def test_disabling_an_account_ends_its_sessions_and_sockets(two, reach, cast, now):
    keys = [browser.session.session_key for browser in two]

    actions.disable_person(
        reach=reach("city.secadmin"), person_id=cast["county1.duty"].pk, reason="调离", now=now
    )

    assert not any(is_in(browser) for browser in two)
    assert read_readers(keys) == dict.fromkeys(keys)
    assert sign_in(Client(), "county1.duty").status_code == 422


def test_seen_is_written_once_a_minute(two, wall_clock, django_assert_num_queries):
    first, _ = two
    row = OpenSession.objects.get(device="First browser")
    wall_clock.shift(59)
    first.get("/account/me/")
    assert OpenSession.objects.get(pk=row.pk).seen_at == row.seen_at

    wall_clock.shift(1)
    first.get("/account/me/")

    assert OpenSession.objects.get(pk=row.pk).seen_at == row.seen_at + timedelta(seconds=60)


@pytest.mark.control(8)
def test_a_socket_of_an_idle_session_ends(two, wall_clock):
    key = two[0].session.session_key
    assert read_readers([key])[key].user.username == "county1.duty"
    wall_clock.shift(timedelta(minutes=15))

    assert read_readers([key]) == {key: None}


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", "Chrome 140 · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.1", "Edge 140 · Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.50", "WeChat 8 · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1", "Safari 604 · iPhone"),
        ("curl/8.0", "curl/8.0"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_person_recognises_the_browser(user_agent, words):
    assert OpenSession(device=user_agent).device_words == words


@pytest.fixture
def on_replica(two, settings, wall_clock):
    """Somebody who signed in on the primary, minutes later at a process that only reads."""
    wall_clock.shift(timedelta(minutes=2))
    settings.READ_ONLY = True
    settings.SESSION_ENGINE = "accounts.access.reading_sessions"
    return two[0]


def written(captured) -> list[str]:
    return [
        query["sql"] for query in captured if query["sql"].lstrip().startswith(("INSERT", "UPDATE", "DELETE"))
    ]


@pytest.mark.parametrize("required", [False, True])
def test_a_process_that_only_reads_writes_nothing_of_a_session(on_replica, settings, required):
    """Nor where a second factor is required, which a session notes once it has been seen."""
    settings.REQUIRE_SECOND_FACTOR = required
    with CaptureQueriesContext(connection) as captured:
        on_replica.get("/report/matrix/")

    assert written(captured) == []


def test_an_ended_session_is_over_there_too(on_replica, settings):
    OpenSession.objects.all().delete()
    with CaptureQueriesContext(connection) as captured:
        answer = on_replica.get("/report/matrix/")

    assert (answer.status_code, written(captured)) == (302, [])
