import json
from datetime import timedelta

import pytest
import time_machine

from tests.tokens import issue
from zero_reports.filing import actions
from zero_reports.filing.models import ZeroReport

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(cast, now, client):
    """api("town11.clerk").put("T11", {"answer": "nil"}) at nine o'clock."""

    class Caller:
        def __init__(self, username, at=now):
            self.at = at
            self.headers = {"Authorization": f"Bearer {issue(user=cast[username], now=now)}"}

        def put(self, unit, body, period="2026-11-22", key="k1", **headers):
            with time_machine.travel(self.at, tick=False):
                return client.put(
                    f"/api/v1/zero-reports/{unit}/{period}/",
                    body if isinstance(body, str) else json.dumps(body),
                    content_type="application/json",
                    headers={**self.headers, **({"Idempotency-Key": key} if key else {}), **headers},
                )

        def get(self, path, **query):
            with time_machine.travel(self.at, tick=False):
                return client.get(f"/api/v1/zero-reports/{path}", query, headers=self.headers)

    return Caller


def test_filing_answers_with_a_receipt(api):
    answer = api("village111.informant").put("V111", {"answer": "nil"})

    assert answer.status_code == 201
    assert answer.json() == {
        "receipt": "R-V111-20261122-1",
        "received_at": "2026-11-22T01:00:00Z",
        "on_time": True,
        "version": 1,
        "unit": "V111",
        "period": "2026-11-22",
        "page": "/report/V111/2026-11-22/",
    }
    assert answer["ETag"] == '"1"'


def test_the_same_key_twice_is_answered_twice_and_filed_once(api):
    caller = api("village111.informant")
    first = caller.put("V111", {"answer": "nil"})

    again = caller.put("V111", {"answer": "nil"})

    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
    assert ZeroReport.objects.count() == 1


def test_a_correction_is_the_next_version(api):
    caller = api("town11.clerk")
    caller.put("T11", {"answer": "nil"})

    answer = caller.put("T11", {"answer": "items", "items": [{"class": "land", "count": 2}]}, key="k2")

    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    read = caller.get("T11/2026-11-22/").json()
    assert (read["answer"], read["items"]) == (
        "items",
        [{"class": "land", "count": 2, "note": "", "incident": None}],
    )
    assert [old["answer"] for old in read["history"]] == ["nil"]


def test_a_correction_of_something_else_than_was_read_is_refused(api):
    caller = api("town11.clerk")
    caller.put("T11", {"answer": "nil"})
    items = {"answer": "items", "items": [{"class": "land"}]}

    assert caller.put("T11", items, key="k2", **{"If-Match": '"7"'}).status_code == 412
    assert caller.put("T11", items, key="k3", **{"If-Match": '"1"'}).status_code == 200


def test_rows_of_a_form_are_read_like_a_list(api):
    rows = {
        "0": {"class": "land", "count": 2, "note": "x", "incident": ""},
        "1": {"class": "", "note": ""},
        "10": {"class": "legal", "note": ""},
        "2": {"class": "labour", "count": 1, "note": ""},
    }

    answer = api("town11.clerk").put("T11", {"answer": "items", "items": rows})

    assert answer.status_code == 201
    said = ZeroReport.objects.get().items.values_list("dispute_class", "count", "note")
    assert list(said) == [("land", 2, "x"), ("labour", 1, ""), ("legal", 1, "")]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "invalid"),
        ({"answer": "silent"}, 422, "invalid"),
        ({"answer": "nil", "extra": 1}, 422, "invalid"),
        ({"answer": "items"}, 422, "answer_and_items_disagree"),
        ({"answer": "items", "items": []}, 422, "answer_and_items_disagree"),
        ({"answer": "nil", "items": [{"class": "land"}]}, 422, "answer_and_items_disagree"),
        ({"answer": "items", "items": [{"class": "people"}]}, 422, "unknown_class"),
        ({"answer": "items", "items": [{"class": "land", "count": 0}]}, 422, "invalid"),
        ({"answer": "items", "items": [{"class": "land", "count": 10**9}]}, 422, "invalid"),
        ({"answer": "items", "items": [{"class": "land", "note": "长" * 201}]}, 422, "invalid"),
        ({"answer": "items", "items": [{"class": "land", "name": "x"}]}, 422, "invalid"),
        ({"answer": "items", "items": [{"note": "x"}]}, 422, "invalid"),
        ({"answer": "items", "items": ["land"]}, 422, "invalid"),
        ({"answer": "items", "items": {"0": "land"}}, 422, "invalid"),
        ({"answer": "items", "items": "land"}, 422, "invalid"),
        ({"answer": "items", "items": [{"incident": "C1-20261122-001"}]}, 422, "unknown_incident"),
        ({"answer": "items", "items": [{"class": "land", "note": "13800138000"}]}, 422, "personal_data"),
        ("{", 400, "parse_error"),
        ("[]", 422, "invalid"),
    ],
)
def test_a_bad_body_is_a_problem_with_a_code_and_files_nothing(api, body, status, code):
    answer = api("town11.clerk").put("T11", body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert not ZeroReport.objects.exists()


@pytest.mark.parametrize(
    ("username", "unit", "period", "status", "code"),
    [
        ("village111.informant", "V111", "2026-11-23", 409, "period_not_begun"),
        ("village111.informant", "V111", "2026-W47", 409, "not_asked"),
        ("village111.informant", "V111", "2026-13-01", 422, "bad_period"),
        ("village111.informant", "V111", "heute", 422, "bad_period"),
        ("village111.informant", "V121", "2026-11-22", 404, "not_found"),
        ("village111.informant", "nowhere", "2026-11-22", 404, "not_found"),
        ("county2.duty", "V111", "2026-11-22", 404, "not_found"),
        ("city.audit", "V111", "2026-11-22", 403, "not_your_unit"),
    ],
)
def test_a_wrong_unit_or_period_is_refused(api, username, unit, period, status, code):
    answer = api(username).put(unit, {"answer": "nil"}, period=period)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not ZeroReport.objects.exists()


def test_without_a_key_nothing_is_filed(api):
    assert api("town11.clerk").put("T11", {"answer": "nil"}, key="").status_code == 400
    assert not ZeroReport.objects.exists()


def test_after_the_cutoff_the_receipt_says_late(api, now):
    answer = api("village111.informant", at=now + timedelta(hours=9)).put("V111", {"answer": "nil"})

    assert (answer.status_code, answer.json()["on_time"]) == (201, False)


def test_the_summary_counts_every_unit_below_once(api):
    api("village111.informant").put("V111", {"answer": "nil"})
    api("town11.clerk").put("T11", {"answer": "items", "items": [{"class": "land"}]})

    found = api("county1.duty").get("summary/", unit="C1", period="2026-11-22").json()

    totals = {name: found[name] for name in ("expected", "received", "nil", "with_items", "missing", "late")}
    assert totals == {"expected": 5, "received": 2, "nil": 1, "with_items": 1, "missing": 3, "late": 0}
    assert found["own"]["answer"] == "silent"
    assert [
        (line["unit"], line["answer"], line["received"], line["missing"]) for line in found["children"]
    ] == [
        ("T11", "items", 2, 0),
        ("T12", "silent", 0, 2),
    ]


def test_the_summary_is_of_today_unless_said_otherwise(api):
    found = api("county1.duty").get("summary/", unit="C1").json()

    assert (found["period"], found["due_at"]) == ("2026-11-22", "2026-11-22T09:30:00Z")


@pytest.mark.parametrize(
    ("username", "unit", "period", "status"),
    [
        ("county2.duty", "C1", "2026-11-22", 404),
        ("county1.squad.dialogue", "C1", "2026-11-22", 404),
        ("county1.duty", "C0", "2026-11-22", 404),
        ("county1.duty", "", "2026-11-22", 404),
        ("county1.duty", "C1", "x", 422),
        ("city.audit", "C1", "2026-11-22", 200),
    ],
)
def test_who_may_read_a_summary(api, username, unit, period, status):
    assert api(username).get("summary/", unit=unit, period=period).status_code == status


def test_a_report_that_was_not_filed_does_not_exist(api):
    assert api("town11.clerk").get("T11/2026-11-22/").status_code == 404


def test_filing_costs_the_same_few_queries_for_any_number_of_items(api, django_assert_num_queries):
    caller = api("village111.informant")
    caller.put("V111", {"answer": "items", "items": [{"class": "land", "count": 9}]})

    # Of the savepoints two are the test's own transaction's.
    for many in (1, 3):
        items = [{"class": "land", "count": many, "note": f"matter {n}"} for n in range(many)]
        with django_assert_num_queries(17):
            assert (
                caller.put("V111", {"answer": "items", "items": items}, key=f"items-{many}").status_code
                == 200
            )
    with django_assert_num_queries(14):
        assert caller.put("V111", {"answer": "nil"}, key="nil").status_code == 200


def test_the_same_answer_again_is_no_new_one(api):
    caller = api("village111.informant")
    first = caller.put("V111", {"answer": "nil"})

    again = caller.put("V111", {"answer": "nil"}, key="another")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["receipt"] == first.json()["receipt"]


def test_a_correction_of_what_was_never_filed_is_refused(api):
    answer = api("village111.informant").put("V111", {"answer": "nil"}, **{"If-Match": '"1"'})

    assert answer.status_code == 412
    assert not ZeroReport.objects.exists()


def test_of_two_corrections_of_one_version_the_second_is_refused(api, monkeypatch):
    """The version is compared under the lock: while one waits for it, the other becomes what stands."""
    caller = api("village111.informant")
    caller.put("V111", {"answer": "nil"})
    lock = actions.lock_slot

    def slow_lock(unit, period):
        monkeypatch.setattr(actions, "lock_slot", lock)
        other = {"answer": "items", "items": [{"class": "land", "count": 2}]}
        assert caller.put("V111", other, key="other").status_code == 200
        return lock(unit, period)

    monkeypatch.setattr(actions, "lock_slot", slow_lock)
    mine = {"answer": "items", "items": [{"class": "land", "count": 1}]}
    assert caller.put("V111", mine, key="mine", **{"If-Match": '"1"'}).status_code == 412
