"""Entries follow the rights of the moment, and the three forms of "may see" are one answer."""

import random
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts.choices import PostKind
from accounts.emergency.models import EmergencyAccess
from accounts.exclusions import actions as exclusions
from accounts.exclusions.things import Thing
from accounts.models import Appointment, Post, Unit, User
from accounts.posts.actions import appoint_person, end_appointment
from accounts.scope import Reach, reach_of
from engine.server.socket_auth import read_readers
from incidents.emergency import actions as emergency
from incidents.reporting.actions import Alarm, report_incident
from journal.live import hub as hubs
from journal.live.send_queue import Outlet
from journal.live.subscribers import Screen, Screens
from journal.models import Entry
from journal.queries import keys_of, lines_after
from plans.engine.facts import Facts
from tests.live.conftest import write
from tests.live.sessions import sign_in

live_test = [pytest.mark.asyncio, pytest.mark.django_db(transaction=True)]


def marked(test):
    for mark in live_test:
        test = mark(test)
    return test


@pytest.mark.control(34)
@marked
async def test_ending_an_appointment_ends_the_entries_at_once(live):
    head = await live.head()
    socket = await live.open("county1.duty", after=head)

    await sync_to_async(end)("county1.duty", live.now)
    await live.write("C1")

    assert (await socket.next())["type"] == "rights"
    assert await socket.is_silent()


def end(username, now):
    appointment = Appointment.objects.get(person__username=username)
    end_appointment(appointment_id=appointment.pk, actor=None, now=now - timedelta(minutes=1))


@marked
async def test_a_new_appointment_brings_its_entries_at_once(live):
    socket = await live.open("county2.duty", after=await live.head())

    await sync_to_async(seat)("county2.duty", "C1", live.now)
    await live.write("C1")

    assert (await socket.next())["type"] == "rights"
    assert (await socket.next())["unit"] == "C1"


def seat(username, code, now):
    post = Post.objects.get(unit__code=code, kind=PostKind.DUTY_OFFICER)
    appoint_person(person=User.objects.get(username=username), post=post, actor=None, now=now)


@pytest.mark.control(34)
@marked
async def test_rights_that_end_by_time_alone_end_with_the_regular_look(live, monkeypatch):
    monkeypatch.setattr(hubs, "RIGHTS_SECONDS", 0.3)
    socket = await live.open("county1.duty", after=await live.head())

    await sync_to_async(Appointment.objects.filter(person__username="county1.duty").update)(
        valid_to=live.now + timedelta(seconds=1)
    )

    assert (await socket.next())["type"] == "rights"
    await live.write("C1")
    assert await socket.is_silent()


@marked
async def test_a_post_in_three_units_gets_one_copy(live):
    head = await live.head()
    await sync_to_async(seat)("city.duty", "C1", live.now)
    await sync_to_async(seat_in_township)("city.duty", live.now)
    socket = await live.open("city.duty", after=await live.head())

    await live.write("T11")
    await live.write("T11")

    head = await live.head()
    assert await socket.numbers(until=head) == [head - 1, head]


def seat_in_township(username, now):
    post = Post.objects.get(unit__code="T11", kind=PostKind.OFFICE_HEAD)
    appoint_person(person=User.objects.get(username=username), post=post, actor=None, now=now)


@pytest.mark.control(23)
@marked
async def test_a_recusal_ends_the_entries_of_that_thing_at_once_and_no_others(live):
    socket = await live.open("county1.duty", after=await live.head())

    await sync_to_async(recuse)("county1.duty", live.now)
    await live.write("C1", subject="demand:5")
    await live.write("C1", subject="order:1", thread="demand:5")
    await live.write("C1", subject="demand:6")

    assert (await socket.next())["type"] == "rights"
    assert (await socket.next())["subject"] == "demand:6"


def recuse(username, now):
    unit, person = Unit.objects.get(code="C1"), User.objects.get(username=username)
    thing = Thing("demand:5", "SQ-5", unit, (unit.path,), "/demands/SQ-5/")
    exclusions.recuse_person(reach=reach_of(person, now), thing=thing, person=person, reason="亲属", now=now)


@pytest.mark.control(24)
@pytest.mark.parametrize("ends", ["by an act", "by time"])
@marked
async def test_emergency_access_ends_the_entries_of_what_it_opened_at_once(ends, live, plan, monkeypatch):
    if ends == "by time":
        monkeypatch.setattr(hubs, "RIGHTS_SECONDS", 0.3)
    incident = await sync_to_async(alarm_in)("C1", live.now)
    # Before signing in: another password ends the sessions there are.
    await sync_to_async(give_password)("county2.duty")
    socket = await live.open("county2.duty", after=await live.head())

    # The hub asks the clock on the wall whether it still holds.
    access = await sync_to_async(open_past_posts)("county2.duty", incident, timezone.now())
    assert (await socket.next())["type"] == "rights"
    assert (await socket.next())["kind"] == "emergency.opened"
    await live.write("C1", subject=incident.key)
    assert (await socket.next())["subject"] == incident.key

    if ends == "by time":
        rows = EmergencyAccess.objects.filter(pk=access.pk)
        await sync_to_async(rows.update)(until=timezone.now() + timedelta(seconds=1))
    else:
        await sync_to_async(end_by)("city.audit", access, timezone.now())
    assert (await socket.next())["type"] == "rights"
    await live.write("C1", subject=incident.key)
    assert await socket.is_silent()


def alarm_in(code, now):
    given = Alarm(
        unit=Unit.objects.get(code=code),
        place="一楼大厅",
        what="来访",
        facts=Facts.from_dict({}),
        client_id="a",
    )
    person = User.objects.get(username="county1.duty")
    return report_incident(reach=reach_of(person, now), alarm=given, now=now)[0]


def give_password(username):
    person = User.objects.get(username=username)
    person.set_password("Signing-2026-ok")
    person.save(update_fields=["password"])


def open_past_posts(username, incident, now):
    mine = reach_of(User.objects.get(username=username), now)
    return emergency.open_in_emergency(
        reach=mine, asked=incident.number, reason="无人接听", credential="Signing-2026-ok", now=now
    )


def end_by(username, access, now):
    auditor = reach_of(User.objects.get(username=username), now)
    emergency.end_access(access_id=access.pk, reach=auditor, now=now)


@marked
async def test_only_sockets_that_an_entry_concerns_are_read_again(live, monkeypatch):
    asked = []

    def noted(sessions):
        asked.append(set(sessions))
        return read_readers(sessions)

    mine, other = await live.sign_in("county1.duty"), await live.sign_in("county2.duty")
    await live.open("county1.duty", after=0, session=mine)
    await live.open("county2.duty", after=0, session=other)
    live.hub._admission._read_readers = noted

    await sync_to_async(end)("county1.duty", live.now)
    await live.hub._next_look()

    assert asked == [{mine}]


@pytest.mark.django_db
def test_reading_many_sessions_takes_six_queries(cast, django_assert_num_queries):
    sessions = [
        sign_in(name) for name in ("county1.duty", "county2.duty", "city.duty", "village111.informant")
    ]

    with django_assert_num_queries(6):
        readers = read_readers([*sessions, "made-up"])

    assert [reader.user.username if reader else None for reader in readers.values()] == [
        "county1.duty", "county2.duty", "city.duty", "village111.informant", None,
    ]  # fmt: skip


@pytest.mark.control(34)
@pytest.mark.django_db(transaction=True)
def test_filter_single_answer_and_dictionary_agree_for_random_posts_and_entries(
    cast, units, now, monkeypatch
):
    """Forty people with random posts × eighty entries of every audience, at every depth, with exceptions."""
    chance = random.Random(20261122)
    for number in range(80):
        kind = chance.choice(
            [
                "incident.observed",
                "zero_report.received",
                "person.created",
                "engine.alarmed",
                "session.refused",
            ]
        )
        code = chance.choice([*units, None])
        thread = f"incident:{chance.randint(1, 9)}"
        write(code, kind, f"order:{number}", thread=thread, now=now)
    shared = {f"incident:{n}" for n in (2, 5)}
    monkeypatch.setattr(
        "accounts.scope.EXCEPTIONS", [lambda reaches: [shared if r.user.pk % 2 else set() for r in reaches]]
    )
    lines = lines_after(0, limit=10_000)

    for reach in random_reaches(chance, now):
        assert_one_answer(reach, lines)


def random_reaches(chance, now) -> list[Reach]:
    reaches = []
    posts = list(Post.objects.order_by("pk"))
    for number in range(40):
        person = User.objects.create(username=f"person{number}")
        for post in chance.sample(posts, chance.choice([0, 1, 1, 2, 3])):
            Appointment.objects.create(person=person, post=post, valid_from=now)
        reaches.append(reach_of(person, now))
    return reaches


def assert_one_answer(reach: Reach, lines) -> None:
    screens = Screens()
    screen = Screen(ticket="x", reader=reach, outlet=Outlet(None), last=0)
    screens.add(screen)
    by_filter = set(Entry.objects.numbered().visible_to(reach).values_list("number", flat=True))

    assert {line.number for line in lines if reach.sees(line)} == by_filter
    assert {line.number for line in lines if screen.keys & set(keys_of(line))} == by_filter
    assert {line.number for line in lines if screen in screens.that_see(line)} == by_filter


@pytest.mark.django_db
def test_a_village_below_a_shared_prefix_of_digits_is_not_below_it(cast, units, now):
    """ "0001/" must not match "00010/…": segments are closed by a slash."""
    assert Unit.objects.get(code="C1").path.endswith("/")
    assert all(len(part) == 4 for unit in units.values() for part in unit.path.strip("/").split("/"))
