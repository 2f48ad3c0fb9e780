"""The incidents' part of the public contract."""

import pytest
from django.utils.translation import override

from incidents.models import Incident
from journal.numbering import number_new

ALARM = {
    "client_id": "c1",
    "unit": "C1",
    "place": "一楼大厅",
    "what": "来访人员聚集",
    "facts": {"headcount": {"low": 6, "high": 12}, "acts": ["banner"]},
}


def test_an_alarm_is_answered_with_number_plan_level_and_reasons(api):
    answer = api("county1.duty").post("alarms/", ALARM)

    body = answer.json()
    assert answer.status_code == 201
    assert answer["ETag"] == '"1"'
    assert body["number"].startswith("C1-")
    assert body["plan"] == {"id": "cn-justice-city-petition-000", "version": 2}
    assert body["proposed_level"] == "yellow"
    assert [(r["level"], r["citation"]) for r in body["reasons"]] == [("yellow", "§2.3"), ("yellow", "§2.3")]
    assert answer["Location"] == body["url"] == f"/api/v1/incidents/{body['number']}/"


def test_the_same_client_id_gives_the_same_number_with_200(api):
    first = api("county1.duty").post("alarms/", ALARM)
    second = api("county1.duty").post("alarms/", ALARM, key="k2")

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["number"] == second.json()["number"]
    assert Incident.objects.count() == 1


def test_an_empty_alarm_is_an_alarm(api):
    answer = api("village111.informant").post("alarms/", {"client_id": "x", "unit": "V111"})

    assert answer.status_code == 201
    assert Incident.objects.get().place == "城关一村"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"facts": {"headcount": -1}}, "facts"),
        ({"facts": {"mood": "bad"}}, "facts"),
        ({"facts": {"acts": ["dancing"]}}, "facts"),
        ({"place": "x" * 121}, "place"),
        ({"who": "张三"}, "who"),
        ({"position": {"latitude": 91, "longitude": 0}}, "position"),
        ({"client_id": ""}, "client_id"),
    ],
)
def test_bad_input_is_a_problem_document_that_names_the_field(api, change, field):
    answer = api("county1.duty").post("alarms/", {**ALARM, **change})

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert field in answer.json()["errors"]
    assert Incident.objects.count() == 0


@pytest.mark.parametrize("unit", ["NOWHERE", "C2"])
def test_a_unit_elsewhere_is_answered_as_one_that_there_is_not(api, unit):
    answer = api("county1.duty").post("alarms/", {**ALARM, "unit": unit})

    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_unit")
    assert unit in answer.json()["detail"]
    assert Incident.objects.count() == 0


@pytest.mark.parametrize(
    ("stated", "stored"), [({}, "unknown"), ({"crs": "GCJ02"}, "GCJ02"), ({"crs": "unknown"}, "unknown")]
)
def test_a_position_has_the_system_that_was_stated_and_no_other(api, stated, stored):
    answer = api("county1.duty").post(
        "alarms/", {**ALARM, "position": {"latitude": 30.5, "longitude": 114.3, **stated}}
    )

    assert answer.status_code == 201
    incident = Incident.objects.get()
    assert incident.crs == stored
    with override("zh-hans"):
        assert incident.get_crs_display() == {"unknown": "坐标系未注明"}.get(stored, "GCJ-02")


def test_hostile_bodies_are_refused_without_a_trace(api, client, cast, now):
    headers = api("county1.duty").headers
    for body in (b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"unit":' * 2000):
        answer = client.post("/api/v1/alarms/", body, content_type="application/json", headers=headers)
        assert answer.status_code in (400, 422), body[:20]
        assert "Traceback" not in answer.content.decode()


def test_without_a_token_nothing_is_told(client, plan):
    answer = client.get("/api/v1/incidents/")

    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"


def test_the_list_is_scoped_and_filtered(api, alarm):
    in_c1, in_t11, in_c2 = (
        alarm(headcount=2),
        alarm(unit="T11", headcount=60),
        alarm("county2.duty", unit="C2"),
    )

    def numbers(username, query=""):
        return [row["number"] for row in api(username).get(f"incidents/{query}").json()["results"]]

    assert set(numbers("city.duty")) == {in_c1.number, in_t11.number, in_c2.number}
    assert set(numbers("county1.duty")) == {in_c1.number, in_t11.number}
    assert numbers("county1.duty", "?unit=T11") == [in_t11.number]
    assert numbers("county1.duty", "?level=red") == [in_t11.number]
    assert numbers("county1.duty", "?state=closed") == []
    assert numbers("county1.duty", "?unit=C2") == []


def test_what_one_may_not_see_is_404_in_every_door(api, alarm):
    incident = alarm("county2.duty", unit="C2")
    mine = api("county1.duty")

    assert mine.get(f"incidents/{incident.number}/").status_code == 404
    assert mine.get(f"incidents/{incident.number}/timeline/").status_code == 404
    assert mine.post(f"incidents/{incident.number}/observations/", {"what": "x"}).status_code == 404
    assert mine.post(f"incidents/{incident.number}/close/", {"summary": "x"}).status_code == 404


def test_a_repeated_observation_is_one_observation(api, alarm):
    incident, mine = alarm(headcount=2), api("county1.duty")

    first = mine.post(
        f"incidents/{incident.number}/observations/", {"what": "更多人", "facts": {"headcount": 30}}
    )
    again = mine.post(
        f"incidents/{incident.number}/observations/", {"what": "更多人", "facts": {"headcount": 30}}
    )
    other = mine.post(f"incidents/{incident.number}/observations/", {"what": "别的"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["proposed_level"] == "orange"
    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"
    assert incident.observations.count() == 2


def test_a_stale_change_is_refused_with_412(api, alarm):
    incident, mine = alarm(), api("county1.duty")

    answer = mine.post(f"incidents/{incident.number}/close/", {"summary": "完"}, **{"If-Match": '"99"'})

    assert answer.status_code == 412
    assert answer.json()["code"] == "stale"


def test_closing_and_the_timeline(api, alarm):
    incident, mine = alarm(headcount=2), api("county1.duty")

    assert mine.post(f"incidents/{incident.number}/close/", {"summary": " "}, key="a").status_code == 422
    for line in mine.get(f"incidents/{incident.number}/checklist/").json()["lines"]:
        mark = {"item": line["item"], "outcome": "done"}
        assert mine.post(f"incidents/{incident.number}/checklist/", mark, key=line["item"]).status_code == 201
    closed = mine.post(f"incidents/{incident.number}/close/", {"summary": "已劝解离开"}, key="b")
    number_new()
    entries = mine.get(f"incidents/{incident.number}/timeline/").json()["entries"]

    assert closed.status_code == 200
    assert closed.json()["state"] == "closed"
    assert [entry["kind"] for entry in entries] == [
        "incident.discovered",
        "incident.reported",
        *["incident.checked"] * 5,
        "incident.closed",
    ]
    numbers = [entry["number"] for entry in entries]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_the_list_asks_the_same_number_of_queries_however_long(api, alarm, django_assert_num_queries, rows):
    for _ in range(rows):
        alarm()
    mine = api("county1.duty")
    mine.get("incidents/")  # the last use of a token is noted once an hour

    with django_assert_num_queries(3):
        assert len(mine.get("incidents/").json()["results"]) == rows


def test_an_alarm_is_few_queries(api, django_assert_num_queries):
    mine = api("county1.duty")
    mine.post("alarms/", {**ALARM, "client_id": "first"})

    # Of the savepoints two are the test's own transaction's.
    with django_assert_num_queries(16):
        assert mine.post("alarms/", {**ALARM, "client_id": "second"}).status_code == 201
