"""A program opens the live socket with a token: the same entries under the same rights, and it ends with the token."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache

from accounts.models import ApiToken, User
from accounts.scope import reach_of
from accounts.tokens.actions import revoke_token
from engine.server.socket_auth import ticket_of
from journal.models import Entry
from journal.record import content_of
from tests.tokens import issue

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.django_db(transaction=True),
    pytest.mark.control(33, 41),
]


@pytest.fixture(autouse=True)
def _forget_what_was_told():
    cache.clear()


@sync_to_async
def token_of(username, now, **more):
    return issue(user=User.objects.get(username=username), now=now, **more)


async def opened(live, token, after=None):
    """Neither cookie nor origin."""
    socket = await live.knock(
        query="" if after is None else f"after={after}", origin=None, cookie="x=1", token=token
    )
    assert (await socket.next())["type"] == "hello"
    return socket


async def test_it_hears_what_its_person_may_see_after_its_number_and_then_live(live):
    head = await live.head()
    first = await live.write("C1", "incident.level_set", "incident:7")
    socket = await opened(live, await token_of("county1.duty", live.now), head)

    assert (await socket.next())["subject"] == "incident:7"
    await live.write("C2", "incident.observed", "incident:8")
    await live.write("C1", "incident.taken", "incident:9")
    assert (await socket.next())["subject"] == "incident:9"
    assert first.kind == "incident.level_set"
    used = await sync_to_async(lambda: ApiToken.objects.get().used_at)()
    assert used is not None


async def test_a_revoked_token_ends_its_socket_at_once_and_no_other(live):
    mine, other = [await token_of("county1.duty", live.now, note=note) for note in ("mine", "other")]
    sockets = [await opened(live, token) for token in (mine, other)]

    @sync_to_async
    def revoke():
        person = User.objects.get(username="county1.duty")
        token = ApiToken.objects.get(note="mine")
        revoke_token(reach=reach_of(person, live.now), token_id=token.pk, now=live.now)

    await revoke()

    assert (await sockets[0].next()) == {"type": "close", "code": 4401}
    await live.write("C1", "incident.taken", "incident:9")
    messages = [await sockets[1].next()]
    while messages[-1]["type"] != "entry":
        messages.append(await sockets[1].next())
    assert messages[-1]["subject"] == "incident:9"


@pytest.mark.parametrize("why", ["unknown", "ended", "revoked", "scope", "disabled", "password", ""])
async def test_a_token_that_does_not_open_the_journal_opens_no_socket(live, why):
    scopes = ["incidents:read"] if why == "scope" else None
    token = await token_of("county1.duty", live.now, scopes=scopes)

    @sync_to_async
    def spoil():
        row = ApiToken.objects.select_related("user").get()
        if why == "ended":
            ApiToken.objects.update(expires_at=live.now)
        elif why == "revoked":
            ApiToken.objects.update(revoked_at=live.now)
        elif why == "disabled":
            User.objects.filter(pk=row.user_id).update(is_active=False)
        elif why == "password":
            User.objects.filter(pk=row.user_id).update(one_time_until=live.now + timedelta(hours=1))

    await spoil()
    given = {"unknown": "icd_nothing", "": " "}.get(why, token)

    socket = await live.knock(origin=None, cookie="x=1", token=given)

    assert (await socket.next()) == {"type": "close", "code": 4401}
    entry = await sync_to_async(lambda: Entry.objects.filter(kind="access.refused").get())()
    assert content_of(entry)["page"] == "ws/live/"
    assert token not in str(content_of(entry))


async def test_a_token_is_looked_at_alone_whatever_cookie_comes_with_it(live):
    session = await live.sign_in("county1.duty")

    socket = await live.knock(session, token="icd_nothing")

    assert (await socket.next()) == {"type": "close", "code": 4401}


async def test_without_a_token_a_foreign_origin_is_refused_as_before(live):
    session = await live.sign_in("county1.duty")
    assert not await live.socket(session, origin="http://evil.test").connect()
    assert not await live.socket(session, origin=None).connect()


async def test_the_hash_of_a_token_in_a_cookie_opens_nothing(live):
    token = await token_of("county1.duty", live.now)

    socket = await live.knock(f'"{ticket_of(token)}"')

    assert (await socket.next()) == {"type": "close", "code": 4401}


async def test_rights_that_end_end_its_entries_too(live):
    socket = await opened(live, await token_of("county1.duty", live.now))

    @sync_to_async
    def end():
        from accounts.models import Appointment
        from accounts.posts.actions import end_appointment

        held = Appointment.objects.get(person__username="county1.duty")
        end_appointment(appointment_id=held.pk, actor=None, now=live.now - timedelta(minutes=1))

    await end()
    await live.write("C1")

    assert (await socket.next())["type"] == "rights"
    assert await socket.is_silent()
