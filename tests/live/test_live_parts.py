"""The short way to a part: only for open screens, the same bytes as Django's, never more than the rights of the moment."""

import asyncio
import json
import random
from datetime import timedelta

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from accounts.choices import PostKind
from accounts.models import Appointment, Post, Unit, User
from accounts.posts.actions import appoint_person, end_appointment
from accounts.scope import reach_of
from dashboards.boards.views import _inboxes
from engine.server.live_parts import LiveParts
from incidents.reporting.actions import Alarm, report_incident
from journal.record import record
from plans.engine.facts import Facts
from plans.lifecycle.actions import load_plan
from tests.live.replay import forget_what_is_kept

pytestmark = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]

BOARDS = {
    "county1.duty": ("/duty/", ("desk", "inbox", "incidents", "orders", "clocks", "missing")),
    "city.duty": ("/duty/", ("desk", "inbox", "incidents", "orders", "clocks", "missing")),
    "county1.director": ("/command/", ("sign", "inbox", "incidents", "orders", "duty")),
    "town11.head": ("/incidents/", ("incidents",)),
}


class PassedOn(Exception):
    """The request went Django's way."""


async def _django(scope, receive, send):
    raise PassedOn


DOOR = LiveParts(_django)


async def ask(session, *parts, path="/duty/", method="GET", **headers):
    """Status, headers and body of the short way. Raises PassedOn."""
    query = "&".join(f"part={part}" for part in parts)
    given = {
        "host": "dashboard.test",
        "x-part": "1",
        "cookie": f"{django_settings.SESSION_COOKIE_NAME}={session}",
    }
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "method": method, "path": path, "query_string": query.encode(), "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in given.items() if value is not None],
    }  # fmt: skip
    await DOOR(scope, None, send)
    start, body = sent
    return start["status"], {n.decode(): v.decode() for n, v in start["headers"]}, body["body"].decode()


def django_answer(session, *parts, path="/duty/", language=None) -> str:
    """The same by way of every middleware, rendered anew."""
    forget_what_is_kept()
    client = Client(headers={"host": "dashboard.test"})
    client.cookies[django_settings.SESSION_COOKIE_NAME] = session
    if language:
        client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = language
    return client.get(path, {"part": list(parts)}).content.decode()


def report(username, code, *, what, now):
    alarm = Alarm(unit=Unit.objects.get(code=code), place="hall", what=what, facts=Facts(), client_id=what)
    return report_incident(reach=reach_of(User.objects.get(username=username), now), alarm=alarm, now=now)[0]


@pytest_asyncio.fixture
async def plan(live, settings):
    settings.ALLOWED_HOSTS = ["dashboard.test"]
    text = (settings.BASE_DIR / "plans/library/city-justice-bureau.yaml").read_text()
    await sync_to_async(load_plan)(text=text, actor=None, now=live.now, put_in_force=True)


@pytest_asyncio.fixture
async def one_minute():
    """At least fifteen seconds of this minute are left: a list says when it was made, to the minute."""
    left = 60 - timezone.now().second
    if left <= 15:
        await asyncio.sleep(left)


@pytest_asyncio.fixture
async def desk(live, plan):
    """The session of county1's duty officer, with a screen open."""
    session = await live.sign_in("county1.duty")
    await live.open("county1.duty", session=session)
    await sync_to_async(report)("county1.duty", "C1", what="one", now=timezone.now())
    return session


@pytest.mark.parametrize("username", BOARDS)
async def test_it_is_what_django_gives(live, plan, one_minute, username):
    path, parts = BOARDS[username]
    session = await live.sign_in(username)
    await live.open(username, session=session)
    for n in range(3):
        await sync_to_async(report)("county1.duty", "C1", what=f"event {n}", now=timezone.now())
    await live.head()

    for part in parts:
        _status, headers, body = await ask(session, part, path=path)
        assert body == await sync_to_async(django_answer)(session, part, path=path)
        assert (headers["x-journal-number"], headers["cache-control"]) == (str(await live.head()), "no-store")
    if len(parts) > 1:
        _status, _headers, body = await ask(session, *parts, path=path)
        assert json.loads(body) == json.loads(await sync_to_async(django_answer)(session, *parts, path=path))


async def test_it_knows_what_a_screen_has(live, desk):
    _status, headers, _body = await ask(desk, "incidents")
    has = {"if_none_match": headers["etag"], "a_im": "rows"}

    assert (await ask(desk, "incidents", **has))[0] == 304

    await sync_to_async(report)("county1.duty", "C1", what="two", now=timezone.now())
    status, headers, body = await ask(desk, "incidents", **has)
    assert (status, headers["delta-base"]) == (226, has["if_none_match"])
    assert "data-same" in body
    assert "two" in body


async def test_an_entry_is_in_the_answer_that_is_asked_for_after_its_commit(live, desk):
    for n in range(20):
        await sync_to_async(report)("county1.duty", "C1", what=f"event {n}.", now=timezone.now())

        assert f"event {n}." in (await ask(desk, "incidents"))[2]


async def test_an_entry_about_something_else_lets_nothing_be_rendered_anew(live, desk, monkeypatch):
    first = (await ask(desk, "incidents"))[1]
    await live.write("C1", "zero_report.received", subject="zero_report:1")
    monkeypatch.setattr("journal.live.live_pages.PartsView._html", None)

    status, headers, _body = await ask(desk, "incidents", if_none_match=first["etag"])

    assert status == 304
    assert int(headers["x-journal-number"]) == await live.head() > int(first["x-journal-number"])


async def test_a_language_is_an_answer_of_its_own(live, one_minute, desk):
    cookie = f"{django_settings.SESSION_COOKIE_NAME}={desk}; {django_settings.LANGUAGE_COOKIE_NAME}="

    chinese, english = [await ask(desk, "incidents", cookie=cookie + code) for code in ("zh-hans", "en")]

    assert ("Open incidents" in chinese[2], "Open incidents" in english[2]) == (False, True)
    assert english[1]["content-language"] == "en"
    assert english[2] == await sync_to_async(django_answer)(desk, "incidents", language="en")


async def test_a_crowd_that_asks_together_gets_each_their_own_inbox(live, plan, one_minute, monkeypatch):
    """Read for many at once; each as if they had asked alone."""
    read = []
    monkeypatch.setattr(
        "dashboards.boards.views.Board.read_together",
        {"inbox": lambda requests: read.append(len(requests)) or _inboxes(requests)},
    )
    names = ["county1.duty", "county2.duty", "city.duty", "county1.duty", "city.duty"]
    sessions = [await live.sign_in(name) for name in names]
    for name, session in zip(names, sessions, strict=True):
        await live.open(name, session=session)
    for code in ("C1", "C2", "C1"):
        await sync_to_async(report)(
            "city.duty", code, what=f"event of {code} {len(read)}", now=timezone.now()
        )
        read.append(0)

    answers = await asyncio.gather(*(ask(session, "inbox") for session in sessions))

    assert max(read) == len(sessions)
    assert len({body for _status, _headers, body in answers}) == 3
    for session, (_status, _headers, body) in zip(sessions, answers, strict=True):
        assert body == await sync_to_async(django_answer)(session, "inbox")


async def test_reading_for_many_that_fails_goes_djangos_way(desk, monkeypatch):
    def fail(_requests):
        raise DatabaseError("gone")

    monkeypatch.setattr("dashboards.boards.views.Board.read_together", {"inbox": fail})

    for answer in await asyncio.gather(*(ask(desk, "inbox") for _ in range(3)), return_exceptions=True):
        assert isinstance(answer, PassedOn)


# --- what goes Django's way ------------------------------------------------------------------------------------------


async def test_without_an_open_screen(live, plan):
    session = await live.sign_in("county1.duty")

    for ticket in (session, "made-up", ""):
        with pytest.raises(PassedOn):
            await ask(ticket, "incidents")


async def test_after_the_screen_was_closed(live, plan):
    session = await live.sign_in("county1.duty")
    socket = await live.open("county1.duty", session=session)
    await ask(session, "incidents")
    await socket.leave()

    with pytest.raises(PassedOn):
        await ask(session, "incidents")


@pytest.mark.parametrize(
    "change",
    [
        {"method": "POST"}, {"x_part": None}, {"path": "/nowhere/"}, {"path": "/account/login/"}, {"path": "/duty/\x00"},
        {"host": "elsewhere.test"}, {"host": ""}, {"cookie": ""}, {"path": "/journal/"}, {"path": "/command"},
    ],
)  # fmt: skip
async def test_whatever_is_not_a_part_of_a_page_of_theirs(desk, change):
    with pytest.raises(PassedOn):
        await ask(desk, "incidents", **change)


@pytest.mark.parametrize(
    "parts", [("nothing",), ("incidents", "nothing"), ("",), ("inci\x00dents",), ("x" * 3000,)]
)
async def test_what_is_no_part(desk, parts):
    with pytest.raises(PassedOn):
        await ask(desk, *parts)


async def test_plain_http_where_the_bureau_has_tls(desk, settings):
    settings.SECURE_SSL_REDIRECT = True

    with pytest.raises(PassedOn):
        await ask(desk, "incidents")
    assert (await ask(desk, "incidents", x_forwarded_proto="https"))[0] == 200


async def test_somebody_who_has_to_change_the_password_first(live, plan):
    session = await live.sign_in("county1.duty")
    await sync_to_async(User.objects.filter(username="county1.duty").update)(
        password_changed_at=timezone.now() - timedelta(days=4000)
    )
    await live.open("county1.duty", session=session)

    with pytest.raises(PassedOn):
        await ask(session, "incidents")


async def test_a_post_that_has_just_ended_by_time(live, plan):
    """The hub looks at rights by itself only once a minute."""
    session = await live.sign_in("county1.duty")
    await sync_to_async(Appointment.objects.filter(person__username="county1.duty").update)(
        valid_to=timezone.now() + timedelta(seconds=1.5)
    )
    await live.open("county1.duty", session=session)
    assert (await ask(session, "incidents"))[0] == 200

    await asyncio.sleep(1.6)

    with pytest.raises(PassedOn):
        await ask(session, "incidents")


async def test_a_session_that_was_ended(live, desk):
    await database_sync_to_async(Session.objects.filter(pk=desk).delete)()
    await sync_to_async(ended)(live.now)

    with pytest.raises(PassedOn):
        await ask(desk, "incidents")


def ended(now):
    from django.db import transaction

    from journal.keys import key

    person = User.objects.get(username="county1.duty")
    with transaction.atomic():
        record("session.ended", subject=key("user", person.pk), unit=None, actor=person, at=now)


# --- rights that change while a crowd asks ---------------------------------------------------------------------------


def seat(username, code, now):
    post = Post.objects.get(unit__code=code, kind=PostKind.DUTY_OFFICER)
    appoint_person(person=User.objects.get(username=username), post=post, actor=None, now=now)


def unseat(username, code, now):
    for held in Appointment.objects.current(now).filter(person__username=username, post__unit__code=code):
        end_appointment(appointment_id=held.pk, actor=None, now=now)


async def test_nobody_in_a_crowd_sees_what_is_not_theirs(live, plan):
    """50 sessions ask without a pause while people get and lose posts: what is asked for after a change has committed
    shows exactly what its reader may see then."""
    odds = random.Random(7)
    names = ["county1.duty", "county2.duty", "city.duty", "town11.head", "town21.head"]
    sessions = [(name, await live.sign_in(name)) for name in names for _ in range(10)]
    for name, session in sessions:
        await live.open(name, session=session)
    for code in ("C1", "C2"):
        await sync_to_async(report)("city.duty", code, what=f"secret of {code}", now=timezone.now())
    seats = {"county1.duty": {"C1"}, "county2.duty": {"C2"}, "city.duty": {"C1", "C2"}}
    asked = 0

    async def check(name, session, may_see):
        try:
            body = (await ask(session, "incidents", "inbox"))[2]
        except PassedOn:  # no board any more
            return 0
        seen = {
            code for code in ("C1", "C2") if f">secret of {code}" in json.loads(body)["incidents"]["html"]
        }
        assert seen == may_see, name
        return 1

    for _ in range(25):
        name, code = (
            odds.choice(["town11.head", "town21.head", "county1.duty", "county2.duty"]),
            odds.choice(["C1", "C2"]),
        )
        has = seats.setdefault(name, set())
        await sync_to_async(unseat if code in has else seat)(name, code, timezone.now())
        has ^= {code}
        counts = await asyncio.gather(
            *(check(n, s, seats.get(n, set())) for n, s in odds.sample(sessions, 50))
        )
        asked += sum(counts)

    assert asked > 500
