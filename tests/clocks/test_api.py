"""GET /api/v1/clocks/: what the caller may see, in the agreed form."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from clocks import queries
from clocks.models import Clock
from common import references


@pytest.fixture
def of_county1(stored_clock, units, now):
    """Two clocks of an incident in county 1: one late, one that runs."""
    common = {"unit": units["C1"], "unit_path": units["C1"].path, "cite": "§2.4", "thread": "incident:5"}
    return [
        stored_clock(clock_id="C000-2", subject="warning:7", due_at=now - timedelta(seconds=1), **common),
        stored_clock(clock_id="C000-1", subject="incident:5", due_at=now + timedelta(days=9), **common),
    ]


def get(browser, now, **query):
    with time_machine.travel(now, tick=False):
        return browser.get(reverse("api:clocks"), query)


@pytest.mark.parametrize(
    ("subject", "ids"), [("incident:5", ["C000-2", "C000-1"]), ("warning:7", ["C000-2"])]
)
def test_clocks_of_a_subject_or_of_the_whole_incident(of_county1, signed_in, now, subject, ids):
    answer = get(signed_in("county1.duty"), now, subject=subject)

    assert [clock["id"] for clock in answer.json()] == ids


def test_the_agreed_fields(of_county1, signed_in, now):
    late = get(signed_in("county1.duty"), now, subject="warning:7").json()[0]

    assert late["state"] == "breached"
    assert late["citation"] == "§2.4"
    assert {"id", "started_at", "due_at", "state", "citation"} <= set(late)


def test_the_number_people_use_works_too(of_county1, signed_in, now, monkeypatch):
    monkeypatch.setattr(
        references, "READERS", [lambda text: "incident:5" if text == "C1-20261122-001" else None]
    )

    assert len(get(signed_in("county1.duty"), now, subject="C1-20261122-001").json()) == 2


@pytest.mark.parametrize(
    ("username", "seen"),
    [("county1.duty", 2), ("city.duty", 2), ("county2.duty", 0), ("town11.head", 0), ("city.sysadmin", 0)],
)
def test_nobody_sees_the_clocks_of_another_county(of_county1, signed_in, now, username, seen):
    assert len(get(signed_in(username), now, subject="incident:5").json()) == seen
    assert len(get(signed_in(username), now).json()) == seen


def test_strangers_are_sent_away(of_county1, client, now):
    assert get(client, now, subject="incident:5").status_code in (401, 403)


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_the_same_however_long(
    stored_clock, units, signed_in, now, count, django_assert_max_num_queries
):
    for n in range(count):
        stored_clock(unit=units["C1"], unit_path=units["C1"].path, thread="incident:5", clock_id=f"c{n}")
    browser = signed_in("county1.duty")

    # session, user, posts, exceptions, clocks, and what the sign-in asks
    with django_assert_max_num_queries(7):
        assert len(get(browser, now, subject="incident:5").json()) == count


def test_most_urgent_first(of_county1, reach, now):
    soon = queries.due_soon(reach("county1.duty"), now)

    assert [clock.clock_id for clock in soon] == ["C000-2"]
    assert [clock.clock_id for clock in queries.running("incident:5")] == ["C000-2", "C000-1"]
    assert len(queries.running_by_thread(["incident:5", "incident:6"])["incident:6"]) == 0


def test_a_stopped_clock_runs_no_more(of_county1, now):
    Clock.objects.update(stopped_at=now)

    assert not queries.running("incident:5").exists()
