"""Daily meetings: noted by the unit whose plan asks for them; with each, the next one is owed."""

from datetime import timedelta

import pytest
from django.conf import settings

from cases.meetings import actions, queries
from clocks.breaches.sweep import sweep
from clocks.durations import end_of
from clocks.models import Clock
from common.dates.local_time import day_of
from common.errors import Invalid, NotAllowed, WrongState
from plans.lifecycle.actions import load_plan
from plans.lifecycle.models import PlanVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules(cast, units, now):
    """Plan 004 of the library, in force in county 1."""
    text = (settings.BASE_DIR / "plans/library/county-zero-report-and-cases.yaml").read_text()
    version = load_plan(text=text, actor=None, now=now, owner=units["C1"])
    PlanVersion.objects.filter(pk=version.pk).update(state="in_force", in_force_from=now)


@pytest.fixture
def note(units, reach, now):
    def act(username="town11.head", unit="T11", note="劳资纠纷两件，已分工", at=now, **more):
        actions.note_meeting(reach=reach(username), unit=units[unit], note=note, now=at, **more)

    return act


def running():
    return list(Clock.objects.running().filter(clock_id="C004-4"))


def test_the_first_meeting_is_owed_from_the_day_the_rules_hold_and_nobody_has_to_note_one_before(
    rules, note, units, now
):
    assert actions.begin_meetings(now) > 0
    assert actions.begin_meetings(now) == 0, "once for each unit"

    clocks = {clock.subject: clock for clock in running()}
    assert set(clocks) == {f"unit:{units[code].pk}" for code in ("T11", "T12")}
    mine = clocks[f"unit:{units['T11'].pk}"]
    assert mine.due_at == end_of(day_of(now) + timedelta(days=1))

    sweep(mine.due_at + timedelta(seconds=1))
    mine.refresh_from_db()
    assert mine.breached_at is not None

    note(at=now + timedelta(days=2))
    mine.refresh_from_db()
    assert mine.stopped_at == now + timedelta(days=2)
    assert actions.begin_meetings(now + timedelta(days=3)) == 0


def test_with_each_meeting_the_next_is_owed_until_no_more_are_asked(rules, note, reach, units, now):
    note()
    (first,) = running()
    assert first.due_at == end_of(day_of(now) + timedelta(days=1))
    note(at=now + timedelta(days=1))
    (second,) = running()
    first.refresh_from_db()
    assert first.stopped_at == now + timedelta(days=1)
    assert second.due_at == end_of(day_of(now) + timedelta(days=2))

    actions.end_meetings(reach=reach("town11.head"), unit=units["T11"], note="", now=now + timedelta(days=2))

    assert running() == []


def test_the_page_shows_them_and_notes_one(rules, noon):
    client = noon("town11.head")
    made = client.post("/reports/meetings/T11/", {"note": "劳资纠纷两件"})
    assert made.status_code == 303

    text = client.get("/reports/meetings/").content.decode()

    assert "劳资纠纷两件" in text
    assert client.post("/reports/meetings/T11/end/").status_code == 303
    assert running() == []
    assert client.get("/api/v1/daily-meetings/").json()[0]["noted"][0]["note"] == "劳资纠纷两件"


def test_the_api_notes_one(rules, noon):
    made = noon("town11.head").post(
        "/api/v1/daily-meetings/",
        {"unit": "T11", "note": "碰头"},
        content_type="application/json",
        headers={"Idempotency-Key": "a"},
    )

    assert (made.status_code, len(running())) == (201, 1)


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"username": "county2.duty"}, NotAllowed),
        ({"note": " "}, Invalid),
        ({"note": "13800138000"}, Invalid),
    ],
)
def test_what_is_not_in_order_is_refused(rules, note, more, error):
    with pytest.raises(error):
        note(**more)

    assert running() == []


def test_where_no_plan_asks_for_it_nothing_is_noted(note, reach, now):
    with pytest.raises(WrongState):
        note()

    assert queries.meetings_of(reach("town11.head"), now) == []
