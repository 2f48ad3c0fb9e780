"""Rosters over the API: drafted, published, given away, swapped; the same refusals as on the pages."""

import itertools
from datetime import date, datetime

import pytest

from common.dates.local_time import LOCAL
from journal.models import Entry
from rosters.models import Roster, Shift, Swap

NOW = datetime(2026, 11, 24, 8, 31, tzinfo=LOCAL)
DAYS = {"first_day": "2026-12-01", "last_day": "2026-12-07"}
_keys = itertools.count()


@pytest.fixture(autouse=True)
def tuesday(wall_clock):
    wall_clock.move_to(NOW)


@pytest.fixture
def call(signed_in):
    """call("county1.duty", "rosters/C1/drafts/", {…}) → (status, body)."""

    def send(username, path, data=None, **headers):
        headers = {"Idempotency-Key": f"k{next(_keys)}"} | headers
        answer = signed_in(username).post(
            f"/api/v1/{path}", data or {}, content_type="application/json", headers=headers
        )
        return answer.status_code, answer.json()

    return send


@pytest.fixture
def drafted(draft, call):
    """A draft of county 1 for the first week of December, made over the API."""
    draft()
    status, roster = call("county1.duty", "rosters/C1/drafts/", DAYS)
    assert status == 201
    return roster


@pytest.fixture
def in_force(drafted, call):
    status, roster = call(
        "county1.leader", f"rosters/drafts/{drafted['id']}/publish/", {"reason": "按月发布"}
    )
    assert (status, roster["state"]) == (200, "published")
    return roster


def _duty_of(roster, username):
    return next(line for line in roster["shifts"] if line["username"] == username)


def test_a_draft_is_made_read_and_recorded(drafted, signed_in):
    assert (drafted["unit"], drafted["state"]) == ("C1", "draft")
    assert len(drafted["shifts"]) == 14
    answer = signed_in("county1.leader").get(f"/api/v1/rosters/drafts/{drafted['id']}/")
    assert answer.json()["shifts"] == drafted["shifts"]
    assert answer["ETag"] == f'"{drafted["rev"]}"'
    assert Entry.objects.filter(kind="roster.drafted", actor__username="county1.duty").exists()
    assert "phone" not in str(drafted)


def test_a_gap_is_found_refused_with_its_findings_and_published_with_a_reason(drafted, call):
    first = drafted["shifts"][0]
    status, roster = call("county1.duty", f"shifts/{first['id']}/assign/", {"username": None})
    assert status == 200
    assert "gap" in {one["code"] for one in roster["findings"]}

    publish = f"rosters/drafts/{drafted['id']}/publish/"
    status, refused = call("county1.leader", publish)
    assert (status, refused["code"]) == (409, "roster_has_findings")
    assert "gap" in {one["code"] for one in refused["findings"]}
    status, _stale = call("county1.leader", publish, {"reason": "领导到岗"}, **{"If-Match": '"1"'})
    assert status == 412
    status, _not_allowed = call("county1.duty", publish, {"reason": "领导到岗"})
    assert status == 403
    status, published = call("county1.leader", publish, {"reason": "领导到岗"})

    assert (status, published["reason"]) == (200, "领导到岗")
    assert Entry.objects.filter(kind="roster.published", actor__username="county1.leader").exists()
    status, again = call("county1.leader", publish, {"reason": "领导到岗"})
    assert (status, again["code"]) == (409, "already_published")


def test_the_same_key_publishes_once(drafted, call):
    path = f"rosters/drafts/{drafted['id']}/publish/"
    answers = [
        call("county1.leader", path, {"reason": "按月发布"}, **{"Idempotency-Key": "once"}) for _ in range(2)
    ]

    assert answers[0] == answers[1]
    assert Entry.objects.filter(kind="roster.published").count() == 1


def test_a_duty_is_given_to_another_holder_only_with_a_reason(in_force, call):
    duty = _duty_of(in_force, "county1.duty")
    path = f"shifts/{duty['id']}/change/"

    assert call("county1.leader", path, {"username": "county1.duty2", "reason": " "})[0] == 422
    status, refused = call("county1.leader", path, {"username": "county2.duty", "reason": "出差"})
    assert (status, refused["code"]) == (422, "not_a_holder")
    assert call("county1.leader", path, {"username": "nobody", "reason": "出差"})[1]["code"] == "not_a_holder"
    assert call("county1.duty2", path, {"username": "county1.duty2", "reason": "出差"})[0] == 403
    free = next(
        one for one in ("county1.duty2", "county1.duty3")
        if not any(s["username"] == one and s["from"] == duty["from"] for s in in_force["shifts"])
    )  # fmt: skip
    status, changed = call("county1.leader", path, {"username": free, "reason": "出差"})

    assert (status, [one["username"] for one in changed["shifts"]]) == (200, [free])
    assert Entry.objects.filter(kind="duty.changed").count() == 1


def test_a_swap_is_proposed_accepted_and_approved(in_force, call, signed_in):
    duty, theirs = _duty_of(in_force, "county1.duty"), _duty_of(in_force, "county1.duty2")
    path = f"shifts/{duty['id']}/swap/"
    offer = {"other": "county1.duty2", "in_return": theirs["id"], "reason": "家中有事"}

    assert call("county1.duty3", path, offer)[0] == 403
    assert call("county1.duty", path, offer | {"in_return": duty["id"]})[1]["code"] == "no_such_return"
    status, swap = call("county1.duty", path, offer)
    assert (status, swap["state"]) == (201, "proposed")
    listed = signed_in("county1.duty2").get("/api/v1/swaps/").json()["results"]
    assert [one["id"] for one in listed] == [swap["id"]]

    assert call("county1.leader", f"swaps/{swap['id']}/approve/")[0] == 409
    assert call("county1.duty3", f"swaps/{swap['id']}/accept/")[0] == 404
    assert call("county1.duty2", f"swaps/{swap['id']}/accept/")[1]["state"] == "accepted"
    assert call("county1.duty2", f"swaps/{swap['id']}/approve/")[0] == 403
    assert call("county1.leader", f"swaps/{swap['id']}/approve/")[1]["state"] == "approved"

    now_on = {
        (shift.starts_at.isoformat(), shift.person.username)
        for shift in Shift.objects.in_force().filter(post__kind="duty_officer")
    }
    given = Shift.objects.get(pk=duty["id"]).starts_at.isoformat()
    assert (given, "county1.duty2") in now_on
    assert Entry.objects.filter(kind__startswith="swap.").count() == 3


def test_another_bureau_finds_nothing_and_changes_nothing(drafted, in_force, call, signed_in):
    duty = _duty_of(in_force, "county1.duty")["id"]
    before = Entry.objects.exclude(audience="security").count()

    refusals = {
        path: call("county2.leader", path, data)[0]
        for path, data in {
            "rosters/C1/drafts/": DAYS,
            f"rosters/drafts/{drafted['id']}/publish/": {"reason": "越权发布"},
            f"shifts/{duty}/assign/": {"username": None},
            f"shifts/{duty}/change/": {"username": "county1.duty2", "reason": "越权"},
            f"shifts/{duty}/swap/": {"other": "county1.duty2"},
            "swaps/999/accept/": {},
        }.items()
    }

    assert set(refusals.values()) == {404}, refusals
    assert signed_in("county2.leader").get(f"/api/v1/rosters/drafts/{drafted['id']}/").status_code == 404
    # That somebody was refused is for the auditors alone.
    assert Entry.objects.exclude(audience="security").count() == before
    assert not Swap.objects.exists()


BAD = [
    {}, {"first_day": "2026-12-01"}, DAYS | {"last_day": "yesterday"}, DAYS | {"last_day": "2026-11-01"},
    DAYS | {"last_day": "2027-12-01"}, DAYS | {"unit": "C2"}, {"first_day": 5, "last_day": []},
]  # fmt: skip


@pytest.mark.parametrize("data", BAD)
def test_what_is_not_well_formed_is_422_and_drafts_nothing(draft, call, data):
    draft()
    before = Roster.objects.count()

    assert call("county1.duty", "rosters/C1/drafts/", data)[0] == 422
    assert Roster.objects.count() == before


def test_a_published_duty_is_not_assigned_and_an_unknown_verb_is_not_found(in_force, call):
    duty = _duty_of(in_force, "county1.duty")["id"]

    assert call("county1.duty", f"shifts/{duty}/assign/", {"username": None})[1]["code"] == "not_a_draft"
    assert call("county1.duty", "swaps/1/steal/")[0] == 404


@pytest.mark.parametrize("last", [2, 20])
def test_reading_a_roster_asks_the_same_number_of_queries(
    draft, signed_in, last, django_assert_max_num_queries
):
    roster = draft(date(2026, 12, 1), date(2026, 12, last))
    browser = signed_in("county1.leader")
    browser.get("/api/v1/swaps/")

    with django_assert_max_num_queries(22):
        assert browser.get(f"/api/v1/rosters/drafts/{roster.pk}/").status_code == 200
