"""What a person and a unit owe an answer to, and the digest of it at the unit's hour."""

from datetime import time, timedelta

import pytest
from django.db import IntegrityError, transaction

from cases.answers_due import actions, queries, rules
from cases.answers_due.models import DigestHour
from cases.demands import answering
from cases.demands.actions import assign_demand
from common.dates.local_time import LOCAL
from common.errors import NotAllowed
from journal.models import Entry
from notices.models import Notice

pytestmark = pytest.mark.django_db

EIGHT = time(8, 0)


@pytest.fixture
def choose(reach, units, now):
    def act(username="county1.duty", unit="C1", hour=EIGHT, also_when_empty=False, at=now):
        return actions.choose_hour(
            reach=reach(username), unit=units[unit], hour=hour, also_when_empty=also_when_empty, now=at
        )

    return act


def told():
    return Notice.objects.filter(purpose__startswith="answers.due", channel="app")


def _owed(reach):
    return queries.answers_due(reach, queries.own_units(reach))


def promise(demand, reach, now, days):
    answering.promise_answer(reach=reach, demand_id=demand.pk, days=days, told_how="by_phone", now=now)


def test_it_is_sorted_by_what_was_promised(register, reach, units, now):
    late, soon = register(), register()
    promise(late, reach("county1.duty"), now, 9)
    promise(soon, reach("county1.duty"), now, 2)

    assert list(queries.answers_due(reach("county1.duty"), [units["C1"]])) == [soon, late]


def test_a_person_sees_what_the_own_units_answer_and_not_what_those_below_do(register, reach, units):
    own, below = register(), register(lead_unit=units["T11"])

    assert list(_owed(reach("county1.duty"))) == [own]
    assert list(_owed(reach("town11.head"))) == [below]
    assert queries.own_units(reach("village111.informant")) == []


def test_a_closed_one_is_not_owed(register, reach, units, now):
    demand = register()
    given = {"reach": reach("county1.duty"), "demand_id": demand.pk, "now": now}
    answering.issue_reply(**given, outcome="supported", note="已书面答复", number="答1")
    assert list(queries.answers_due(reach("county1.duty"), [units["C1"]])) == [demand]
    answering.deliver_reply(**given, how="in_person", signed=True)
    answering.close_demand(**given, note="已办结", office_number="XF-1")

    assert list(queries.answers_due(reach("county1.duty"), [units["C1"]])) == []


@pytest.mark.parametrize(
    ("days", "hours", "name"),
    [(0, 0, "today"), (0, -1, "overdue"), (0, 1, "today"), (1, 0, "week"), (7, 0, "week"), (8, 0, "later")],
)
def test_an_answer_stands_under_the_heading_of_its_day(now, days, hours, name):
    # 2026-11-22, before noon in Shanghai.
    assert rules.heading_of(now + timedelta(days=days, hours=hours), now) == name
    assert rules.heading_of(None, now) == "no_day"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_of_a_person_and_of_a_unit(noon, register, reach, units, now, language):
    demand = register(point="公证费退还")
    promise(demand, reach("county1.duty"), now, 5)
    helped = register(lead_unit=units["T11"], point="材料补正")
    assign_demand(
        reach=reach("county1.duty"),
        demand_id=helped.pk,
        lead_unit=units["T11"],
        supporters=[units["C1"]],
        now=now,
    )
    client = noon("county1.duty")
    client.cookies["language"] = language

    text = client.get("/answers-due/").content.decode()

    assert text.index(demand.number) < text.index("我单位协办" if language == "zh-hans" else "Others answer")
    assert ("书面告知受理" if language == "zh-hans" else "Written notice") in text
    assert helped.number in text
    below = client.get("/answers-due/?unit=T11").content.decode()
    assert helped.number in below
    assert demand.number not in below
    assert noon("town11.head").get("/answers-due/?unit=C1").status_code == 404
    assert "/answers-due/" in client.get("/").content.decode() or client.get("/").status_code == 302


def test_an_empty_page_says_what_will_stand_there(noon):
    assert "最先到期的排在最前" in noon("county1.duty").get("/answers-due/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_much_is_owed(noon, register, count, django_assert_max_num_queries):
    for _ in range(count):
        register()
    client = noon("county1.duty")

    with django_assert_max_num_queries(20):
        assert client.get("/answers-due/").status_code == 200


# --- the digest ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "day"), [("07:59", 22), ("08:00", 23), ("08:01", 23), ("23:59", 23), ("00:00", 22)]
)
def test_the_next_moment_is_the_next_time_the_hour_strikes(now, after, day):
    hour, minute = map(int, after.split(":"))
    moment = now.astimezone(LOCAL).replace(hour=hour, minute=minute, second=0, microsecond=0)

    found = rules.next_moment(EIGHT, moment).astimezone(LOCAL)

    assert (found.day, found.hour, found.minute) == (day, 8, 0)


def test_it_is_sent_once_a_day_at_the_hour_the_unit_chose(choose, register):
    register()
    row = choose()

    sent = [actions.send_digests(row.next_at + timedelta(minutes=wait)) for wait in (-1, 0, 1, 600)]

    assert sent == [0, 1, 0, 0]
    assert told().filter(recipient__username="county1.duty").count() == 1
    text = told().first().text_zh
    assert "待答复诉求1件" in text
    assert "SQ-" in text
    assert actions.send_digests(row.next_at + timedelta(days=1)) == 1


def test_after_a_standstill_what_was_missed_is_told_once(choose, register):
    register()
    row = choose()
    later = row.next_at + timedelta(days=4, hours=3)

    assert [actions.send_digests(later), actions.send_digests(later)] == [1, 0]
    row.refresh_from_db()
    assert row.next_at == rules.next_moment(EIGHT, later)
    assert told().filter(recipient__username="county1.duty").count() == 1


@pytest.mark.parametrize("also_when_empty", [False, True])
def test_nothing_is_sent_when_nothing_is_due_unless_it_was_chosen(choose, also_when_empty):
    row = choose(also_when_empty=also_when_empty)

    assert actions.send_digests(row.next_at) == int(also_when_empty)
    assert told().exists() is also_when_empty


def test_without_an_hour_nothing_is_sent_any_more(choose, register, now):
    register()
    choose()
    choose(hour=None)

    assert actions.send_digests(now + timedelta(days=3)) == 0
    assert Entry.objects.filter(kind="answers.hour_chosen").count() == 2


def test_only_the_unit_itself_is_told_of_its_answers(choose, register, units):
    register(lead_unit=units["T11"])
    row = choose(unit="T11")
    actions.send_digests(row.next_at)

    assert set(told().values_list("recipient__username", flat=True)) <= {
        "town11.head", "town11.clerk", "town11.deputy", "town11.duty"
    }  # fmt: skip
    assert told().filter(recipient__username="town11.head").exists()


@pytest.mark.parametrize("username", ["county2.duty", "village111.informant"])
def test_who_answers_at_the_unit_or_above_chooses(choose, username):
    with pytest.raises(NotAllowed):
        choose(username)


def test_the_hour_is_chosen_on_the_page_and_over_the_api(noon):
    client = noon("county1.duty")
    assert client.post("/answers-due/C1/hour/", {"hour": "07:30"}).status_code == 303
    assert DigestHour.objects.get().hour == time(7, 30)

    made = client.put(
        "/api/v1/answers-due/digest/", {"unit": "C1", "hour": None}, content_type="application/json"
    )

    assert (made.status_code, made.json()["next_at"]) == (200, None)
    assert DigestHour.objects.get().next_at is None


def test_the_api_lists_what_is_owed(noon, register, units):
    own, below = register(), register(lead_unit=units["T11"])
    client = noon("county1.duty")

    assert [one["number"] for one in client.get("/api/v1/answers-due/").json()["results"]] == [own.number]
    assert [one["number"] for one in client.get("/api/v1/answers-due/?unit=T11").json()["results"]] == [
        below.number
    ]
    assert client.get("/api/v1/answers-due/?unit=C2").status_code == 404


def test_the_database_keeps_hour_and_moment_together(choose):
    choose()

    with (
        pytest.raises(IntegrityError, match="a_digest_with_an_hour_has_its_next_moment"),
        transaction.atomic(),
    ):
        DigestHour.objects.update(next_at=None)
