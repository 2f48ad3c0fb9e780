"""The contract of /api/v1/early-warnings/: shapes, codes, idempotence, revisions, and who sees what."""

import itertools
from datetime import datetime, timedelta

import pytest

from early_warnings.choices import State
from early_warnings.models import EarlyWarning
from journal.models import Entry
from tests.early_warnings.conftest import PASSWORD
from tests.tokens import issue

pytestmark = pytest.mark.usefixtures("wall_clock")

URL = "/api/v1/early-warnings/"


@pytest.fixture
def call(cast, now, client):
    """call("county1.duty", "post", URL, {…}) → the answer, with a bearer token and a fresh key."""
    keys = itertools.count()

    def call(username, method, url, body=None, *, key=None, **headers):
        given = {"HTTP_AUTHORIZATION": f"Bearer {issue(user=cast[username], now=now)}", **headers}
        if method == "post":
            given["HTTP_IDEMPOTENCY_KEY"] = key or f"k{next(keys)}"
            return client.post(url, body or {}, content_type="application/json", **given)
        return client.get(url, body or {}, **given)

    return call


@pytest.fixture
def proposal(incident):
    """proposal("red") → the body of a POST for a new incident."""
    return lambda level="yellow", **more: {
        "incident": incident().number,
        "level": level,
        "reason": "人数较多",
        **more,
    }


def test_a_proposal_answers_with_its_signatory_and_deadline(call, proposal, now):
    answer = call("county1.duty", "post", URL, proposal())

    assert answer.status_code == 201
    body = answer.json()
    assert body["state"] == "proposed"
    assert body["number"] == "W-C1-20261122-001"
    assert body["signatory"] == {"post": "县局局长", "holder": "高远", "unit": "C1"}
    assert datetime.fromisoformat(body["sign_by"]) == now + timedelta(minutes=2)
    assert answer["Location"] == f"{URL}{body['number']}/"
    assert answer["ETag"] == f'"{body["rev"]}"'


def test_parts_that_are_given_are_taken(call, proposal):
    answer = call("county1.duty", "post", URL, proposal(matter="横幅", area="东门", measures="疏导"))

    detail = call("county1.duty", "get", answer["Location"]).json()
    assert (detail["matter"], detail["area"], detail["measures"]) == ("横幅", "东门", "疏导")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"level": "violet"}, 422, "unknown_level"),
        ({"reason": ""}, 422, "invalid"),
        ({"colour": "red"}, 422, "invalid"),
        ({"incident": "C9-20261122-001"}, 404, "not_found"),
    ],
)
def test_a_proposal_that_is_not_in_order(call, proposal, change, status, code):
    answer = call("county1.duty", "post", URL, {**proposal(), **change})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert not EarlyWarning.objects.exists()


def test_a_repeated_proposal_gives_the_first_answer(call, proposal):
    body = proposal()

    first = call("county1.duty", "post", URL, body, key="same")
    second = call("county1.duty", "post", URL, body, key="same")

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json()["number"] == first.json()["number"]
    assert EarlyWarning.objects.count() == 1


def test_signing_answers_with_its_times(call, proposed, passwords, now):
    warning = proposed("yellow")

    answer = call("county1.director", "post", f"{URL}{warning.number}/sign/", {"credential": PASSWORD})

    assert answer.status_code == 200
    body = answer.json()
    assert body["state"] == "in_force"
    assert datetime.fromisoformat(body["signed_at"]) == datetime.fromisoformat(body["pushed_at"]) == now
    assert len(body["signature"]) == 64


def test_a_repeated_signature_gives_the_first_answer_and_asks_no_credential_again(call, proposed, passwords):
    warning = proposed("yellow")
    url, body = f"{URL}{warning.number}/sign/", {"credential": PASSWORD}

    first = call("county1.director", "post", url, body, key="same")
    second = call("county1.director", "post", url, body, key="same")

    assert second.json() == first.json()
    assert second["Idempotent-Replayed"] == "true"
    assert Entry.objects.filter(kind="warning.signed").count() == 1


@pytest.mark.control(12)
def test_a_wrong_credential_is_refused_counted_and_leaves_the_key_free(call, proposed, passwords):
    warning = proposed("yellow")
    url = f"{URL}{warning.number}/sign/"

    wrong = call("county1.director", "post", url, {"credential": "no"}, key="same")
    right = call("county1.director", "post", url, {"credential": PASSWORD}, key="same")

    assert (wrong.status_code, wrong.json()["code"]) == (403, "credential_wrong")
    assert Entry.objects.filter(kind="credential.refused").count() == 1
    assert right.status_code == 200


def test_five_wrong_credentials_close_the_door_for_a_while(call, proposed, passwords):
    warning = proposed("yellow")
    url = f"{URL}{warning.number}/sign/"

    codes = [call("county1.director", "post", url, {"credential": f"no{n}"}).json()["code"] for n in range(6)]

    assert codes == ["credential_wrong"] * 5 + ["credential_throttled"]
    assert (
        call("county1.director", "post", url, {"credential": PASSWORD}).json()["code"]
        == "credential_throttled"
    )


@pytest.mark.parametrize(
    ("username", "status", "code"),
    [
        ("county1.duty", 403, "not_a_signatory"),
        ("county1.leader", 403, "not_a_signatory"),
        ("county2.director", 404, "not_found"),
        ("town11.clerk", 404, "not_found"),
    ],
)
def test_who_may_not_sign_is_told_why_or_nothing_at_all(call, proposed, passwords, username, status, code):
    warning = proposed("yellow")

    answer = call(username, "post", f"{URL}{warning.number}/sign/", {"credential": PASSWORD})

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_drafter_may_not_sign_red(call, proposal, passwords):
    number = call("city.director", "post", URL, proposal("red")).json()["number"]

    answer = call("city.director", "post", f"{URL}{number}/sign/", {"credential": PASSWORD})

    assert (answer.status_code, answer.json()["code"]) == (403, "drafter_may_not_sign")


def test_returning_needs_a_reason_and_gives_it_back(call, proposed):
    warning = proposed("yellow")
    url = f"{URL}{warning.number}/return/"

    assert call("county1.director", "post", url, {}).status_code == 422
    answer = call("county1.director", "post", url, {"reason": "请补充人数"})

    assert (answer.status_code, answer.json()["state"]) == (200, "returned")
    assert answer.json()["return_reason"] == "请补充人数"


def test_a_returned_warning_is_revised_and_proposed_again(call, in_state):
    warning = in_state(State.RETURNED)

    revised = call(
        "county1.duty", "post", f"{URL}{warning.number}/revise/", {"level": "orange", "reason": "补充"}
    )
    again = call("county1.duty", "post", f"{URL}{warning.number}/propose/")

    assert (revised.json()["state"], revised.json()["level"]) == ("returned", "orange")
    assert again.json()["state"] == "proposed"


def test_adjusting_answers_with_the_successor(call, signed):
    warning = signed("yellow")

    answer = call(
        "county1.duty", "post", f"{URL}{warning.number}/adjust/", {"level": "orange", "reason": "人数增加"}
    )

    assert answer.status_code == 201
    body = answer.json()
    assert (body["state"], body["adjusts"], body["signatory"]["holder"]) == (
        "proposed",
        warning.number,
        "林岚",
    )
    assert call("county1.duty", "get", f"{URL}{warning.number}/").json()["state"] == "in_force"


def test_lifting(call, signed):
    warning = signed("yellow")

    answer = call(
        "county1.director",
        "post",
        f"{URL}{warning.number}/lift/",
        {"reason": "人员已离开", "credential": PASSWORD},
    )

    assert (answer.json()["state"], answer.json()["lift_reason"]) == ("lifted", "人员已离开")


def test_withdrawing(call, proposed):
    answer = call("county1.duty", "post", f"{URL}{proposed().number}/withdraw/")

    assert answer.json()["state"] == "withdrawn"


@pytest.mark.control(22)
@pytest.mark.parametrize("act", ["sign", "return", "revise", "propose", "withdraw", "adjust", "lift"])
def test_every_act_minds_the_revision_read(call, proposed, passwords, act):
    warning = proposed("yellow")
    body = {
        "sign": {"credential": PASSWORD},
        "revise": {"level": "blue", "reason": "改"},
        "adjust": {"level": "blue", "reason": "改"},
        "propose": {},
        "withdraw": {},
        "lift": {"reason": "改", "credential": PASSWORD},
    }.get(act, {"reason": "改"})

    answer = call("county1.director", "post", f"{URL}{warning.number}/{act}/", body, HTTP_IF_MATCH='"99"')

    assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    warning.refresh_from_db()
    assert warning.state == State.PROPOSED


def test_the_revision_just_read_is_accepted(call, proposed, passwords):
    url = f"{URL}{proposed('yellow').number}/"
    tag = call("county1.director", "get", url)["ETag"]

    answer = call("county1.director", "post", f"{url}sign/", {"credential": PASSWORD}, HTTP_IF_MATCH=tag)

    assert answer.status_code == 200
    assert answer["ETag"] != tag


def test_an_act_without_a_key_is_refused(cast, client, now, proposed):
    token = issue(user=cast["county1.director"], now=now)
    url = f"{URL}{proposed().number}/return/"

    answer = client.post(
        url, {"reason": "x"}, content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {token}"
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


def test_cap_of_a_signed_warning(call, signed):
    answer = call("county1.duty", "get", f"{URL}{signed().number}/cap/")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/cap+xml"
    assert b"urn:oasis:names:tc:emergency:cap:1.2" in answer.content


def test_cap_before_the_signature_is_refused(call, proposed):
    answer = call("county1.duty", "get", f"{URL}{proposed().number}/cap/")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_signed")


# --- lists -------------------------------------------------------------------------------------------------------


def numbers(answer):
    return [row["number"] for row in answer.json()["results"]]


def test_the_list_holds_what_the_caller_may_see(call, proposed, incident):
    in_county = proposed(on=incident("C1"))
    in_township = proposed(on=incident("T11"))

    assert numbers(call("county1.duty", "get", URL)) == [in_township.number, in_county.number]
    assert numbers(call("town11.head", "get", URL)) == [in_township.number]
    assert numbers(call("county2.duty", "get", URL)) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [({"state": "proposed"}, 1), ({"state": "in_force"}, 1), ({"level": "red"}, 1), ({"level": "blue"}, 0),
     ({"unit": "T11"}, 1), ({"unit": "C1"}, 2), ({"unit": "none"}, 0), ({"drill": "true"}, 0)],
)  # fmt: skip
def test_filters(call, proposed, signed, incident, query, found):
    proposed("yellow", on=incident("T11"))
    signed("red", on=incident("C1"))

    assert len(numbers(call("county1.duty", "get", URL, query))) == found


def test_filter_by_incident(call, proposed, incident):
    mine, _other = proposed(on=incident()), proposed(on=incident())

    assert numbers(call("county1.duty", "get", URL, {"incident": mine.incident.number})) == [mine.number]


def test_an_unknown_state_is_not_ignored(call, plan):
    assert call("county1.duty", "get", URL, {"state": "violet"}).status_code == 422


def test_clocks_and_notices_are_found_by_the_warnings_number(call, signed):
    warning = signed()

    clocks = call("county1.duty", "get", "/api/v1/clocks/", {"subject": warning.number}).json()
    notices = call("county1.duty", "get", "/api/v1/notices/", {"subject": warning.number}).json()

    assert "C000-2" in [clock["id"] for clock in clocks]
    assert notices


@pytest.mark.control(12)
@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({}, 422, "invalid"),
        ({"credential": ""}, 422, "invalid"),
        ({"credential": "not it"}, 403, "credential_wrong"),
    ],
)
def test_a_token_alone_lifts_nothing(call, signed, given, status, code):
    warning = signed("yellow")

    answer = call("county1.director", "post", f"{URL}{warning.number}/lift/", {"reason": "已离开", **given})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert call("county1.duty", "get", f"{URL}{warning.number}/").json()["state"] == "in_force"
