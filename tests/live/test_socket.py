"""Who may open the live socket, and what ends it."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from journal.live import hub as hubs

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


async def close_code(socket) -> int:
    message = await socket.next()
    assert message["type"] == "close", message
    return message["code"]


async def test_an_anonymous_socket_is_told_to_sign_in(live):
    for cookie in ["x", "session=", "session=made-up", "other=1"]:
        socket = await live.knock(cookie=cookie)

        assert await close_code(socket) == 4401, cookie


async def expire(session):
    await database_sync_to_async(Session.objects.filter(pk=session).update)(
        expire_date=timezone.now() - timedelta(seconds=1)
    )


async def disable(username):
    await database_sync_to_async(User.objects.filter(username=username).update)(is_active=False)


async def test_an_expired_session_is_told_to_sign_in(live):
    session = await live.sign_in("county1.duty")
    await expire(session)

    assert await close_code(await live.knock(session)) == 4401


async def test_a_disabled_account_is_told_to_sign_in(live):
    session = await live.sign_in("county1.duty")
    await disable("county1.duty")

    assert await close_code(await live.knock(session)) == 4401


async def test_a_session_from_before_a_password_change_is_told_to_sign_in(live):
    session = await live.sign_in("county1.duty")
    await database_sync_to_async(User.objects.filter(username="county1.duty").update)(password="another")

    assert await close_code(await live.knock(session)) == 4401


async def test_a_cursor_that_is_no_number_is_refused(live):
    session = await live.sign_in("county1.duty")

    for after in ["-1", "x", "", "1.5", "9" * 20, "9" * 5000, "²"]:
        assert await close_code(await live.knock(session, f"after={after}")) == 4400, after


async def test_without_a_cursor_the_socket_begins_at_the_head(live):
    await live.write("C1")

    socket = await live.knock(await live.sign_in("county1.duty"))

    assert await socket.next() == {"type": "hello", "number": await live.head()}


async def test_the_first_messages_are_hello_and_then_a_beat(live):
    socket = await live.open("county1.duty", after=0, session=await live.sign_in("village111.informant"))

    message = await socket.next_of_any()

    assert message["type"] == "beat"
    assert message["number"] == await live.head()
    assert message["at"].endswith("+00:00")


async def test_beats_keep_coming_while_nothing_happens(live, settings):
    settings.LIVE_BEAT_SECONDS = 0.4
    socket = await live.open("county1.duty", after=await live.head())
    loop = asyncio.get_running_loop()
    heard = []

    while len(heard) < 5:
        assert (await socket.next_of_any(1.0))["type"] == "beat"
        heard.append(loop.time())

    assert max(b - a for a, b in pairwise(heard)) < 0.45


@pytest.mark.control(33)
async def test_only_pages_of_our_own_may_open_a_socket(live, settings):
    settings.ALLOWED_HOSTS = ["dashboard.test"]
    session = await live.sign_in("county1.duty")

    assert await live.socket(session, origin="http://dashboard.test").connect()
    assert not await live.socket(session, origin="http://evil.test").connect()
    assert not await live.socket(session, origin=None).connect()


@pytest.mark.control(33)
async def test_a_refused_origin_is_logged(live, settings, caplog):
    settings.ALLOWED_HOSTS = ["dashboard.test"]

    await live.socket("x", origin="http://evil.test").connect()

    assert "evil.test" in caplog.text


@pytest.mark.control(35)
async def test_a_client_that_talks_too_much_is_closed(live):
    socket = await live.open("county1.duty", after=await live.head())

    for _ in range(5):
        await socket.say(text="ping")
    assert await socket.is_silent()
    for _ in range(12):
        await socket.say(text="ping")

    assert await close_code(socket) == 4429
    assert await socket.is_silent()


@pytest.mark.control(35)
async def test_a_long_message_is_refused(live):
    for message in [{"text": "x" * 1025}, {"bytes": b"x" * 1025}]:
        socket = await live.open("county1.duty", after=await live.head())

        await socket.say(**message)

        assert await close_code(socket) == 1009


@pytest.mark.control(35)
async def test_the_ninth_socket_of_a_session_is_refused_and_a_freed_place_is_given_again(live):
    session = await live.sign_in("county1.duty")
    eight = [await live.open("county1.duty", after=0, session=session) for _ in range(8)]

    ninth = await live.knock(session, "after=0")
    assert await close_code(ninth) == 4429
    await eight[0].leave()

    await live.open("county1.duty", after=0, session=session)


async def sign_out(live, session, username="county1.duty"):
    """As Django does: the entry first, the session row a moment later."""
    user = await database_sync_to_async(User.objects.get)(username=username)
    await live.write("C1", "session.signed_out", f"user:{user.pk}")
    await asyncio.sleep(0.3)
    await database_sync_to_async(Session.objects.filter(pk=session).delete)()


@pytest.mark.control(9)
async def test_signing_out_closes_that_sessions_sockets_within_five_seconds(live):
    session = await live.sign_in("county1.duty")
    here = await live.open("county1.duty", after=await live.head(), session=session)
    elsewhere = await live.open("county1.duty", after=await live.head())

    await sign_out(live, session)

    assert (await here.next(5))["code"] == 4401
    assert await elsewhere.is_silent()


@pytest.mark.control(10)
async def test_a_disabled_account_loses_its_sockets_at_once(live):
    socket = await live.open("county1.duty", after=await live.head())
    neighbour = await live.open("county2.duty", after=await live.head())
    user = await database_sync_to_async(User.objects.get)(username="county1.duty")

    await disable("county1.duty")
    await live.write("C1", "person.disabled", f"user:{user.pk}")

    assert (await socket.next(1))["code"] == 4401
    assert await neighbour.is_silent()


@pytest.mark.control(34)
async def test_a_session_that_ends_without_an_entry_is_found_by_the_regular_look(live, monkeypatch):
    monkeypatch.setattr(hubs, "RIGHTS_SECONDS", 0.3)
    session = await live.sign_in("county1.duty")
    socket = await live.open("county1.duty", after=await live.head(), session=session)

    await expire(session)

    assert (await socket.next(2))["code"] == 4401


async def test_an_open_socket_does_not_keep_its_place_after_the_client_left(live):
    socket = await live.open("county1.duty", after=0)
    assert live.hub.status()["screens"] == 1

    await socket.leave()

    assert live.hub.status()["screens"] == 0
