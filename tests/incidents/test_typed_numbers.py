"""Numbers of people in what is typed: an alarm goes out at once with them masked, other texts are asked about."""

import json
import uuid

import pytest

from command.orders.models import Order
from common.errors import Invalid
from common.text.personal_data import findings_within, kept_because
from incidents.actions import close_incident
from incidents.models import Incident, Observation
from incidents.reporting.actions import Alarm, report_incident
from journal.models import Entry
from journal.record import content_of, record
from notices.models import Notice
from plans.engine.facts import Facts
from tests import tokens
from tests.early_warnings.conftest import PASSWORD, passwords
from tests.incidents.closing import answered

__all__ = ["passwords"]
NUMBER = "138 0013 8000"
IDENTITY = "11010519491231002X"


@pytest.fixture
def api(cast, now, client):
    """api("county1.duty", "alarms/", body) → the answer to a POST with that person's token."""

    def post(username, path, body, method="post"):
        headers = {"Authorization": f"Bearer {tokens.issue(user=cast[username], now=now)}",
                   "Idempotency-Key": uuid.uuid4().hex}  # fmt: skip
        send = getattr(client, method)
        return send(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)

    return post


def in_the_journal() -> str:
    return "\n".join(Entry.objects.values_list("body", flat=True))


ALARM = {"client_id": "c1", "unit": "C1", "place": f"一楼 {NUMBER}", "what": f"张三 {IDENTITY} 要跳楼",
         "facts": {"life_risk": ["suicide_threat"]}}  # fmt: skip


def test_an_alarm_of_the_api_is_taken_at_once_and_says_what_was_masked(plan, api):
    answer = api("county1.duty", "alarms/", ALARM)

    incident = Incident.objects.get()
    assert answer.status_code == 201
    assert (incident.place, incident.what) == ("一楼 138****8000", "张三 110*************2X 要跳楼")
    assert answer.json()["masked"] == [
        {"field": "place", "kind": "mobile", "masked": "138****8000"},
        {"field": "what", "kind": "identity", "masked": "110*************2X"},
    ]
    assert "138****8000" in answer.json()["masked_because"]
    assert NUMBER not in in_the_journal()
    assert IDENTITY not in in_the_journal()
    assert list(findings_within(list(Notice.objects.values_list("text_zh", "text_en")))) == []


def test_an_alarm_sent_twice_is_one_and_says_so_twice(plan, api):
    first, second = api("county1.duty", "alarms/", ALARM), api("county1.duty", "alarms/", ALARM)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["masked"] == second.json()["masked"]
    assert Incident.objects.count() == 1


@pytest.mark.parametrize("facts", [{"facts.life_risk": ["suicide_threat"]}, {}])
def test_an_alarm_of_the_page_is_taken_at_once_and_its_receipt_says_what_was_masked(plan, signed_in, facts):
    browser = signed_in("county1.duty")

    answer = browser.post("/alarm/", {"unit": "C1", "what": f"当事人 {NUMBER}", **facts}, follow=True)

    assert answer.redirect_chain[-1][1] == 303
    assert Incident.objects.get().what == "当事人 138****8000"
    assert "138****8000" in answer.content.decode()
    assert NUMBER not in answer.content.decode()
    assert "号码" in answer.content.decode()


def test_the_duty_rooms_entry_is_not_held_up_either(plan, signed_in):
    form = {"unit": "C1", "place": "大厅", "what": f"来电 {NUMBER}", "known_at": "2026-11-22T08:50"}

    answer = signed_in("county1.duty").post("/incidents/new/", form)

    assert answer.status_code == 303
    assert Incident.objects.get().what == "来电 138****8000"


def test_an_observation_of_a_life_at_risk_is_not_held_up(alarm, api):
    incident = alarm()
    given = {"what": f"其家属 {NUMBER}", "facts": {"life_risk": ["suicide_threat"]}}

    answer = api("county1.duty", f"incidents/{incident.number}/observations/", given)

    assert answer.status_code == 201
    assert answer.json()["masked"] == [{"field": "what", "kind": "mobile", "masked": "138****8000"}]
    assert Observation.objects.latest("pk").what == "其家属 138****8000"


def test_another_text_of_the_api_is_asked_about_and_nothing_is_saved(alarm, api):
    incident = alarm()
    before = Observation.objects.count()

    answer = api("county1.duty", f"incidents/{incident.number}/observations/", {"what": f"电话 {NUMBER}"})

    body = answer.json()
    assert (answer.status_code, body["code"]) == (422, "personal_data")
    assert answer["Content-Type"] == "application/problem+json"
    assert body["masked"] == {"what": "电话 138****8000"}
    assert body["found"] == [{"field": "what", "kind": "mobile", "masked": "138****8000"}]
    assert list(body["errors"]) == ["what"]
    assert Observation.objects.count() == before


def test_the_answer_mask_saves_the_masked_text(alarm, api):
    given = {"what": f"电话 {NUMBER}", "personal_data": {"answer": "mask"}}

    answer = api("county1.duty", f"incidents/{alarm().number}/observations/", given)

    assert answer.status_code == 201
    assert Observation.objects.latest("pk").what == "电话 138****8000"
    assert NUMBER not in in_the_journal()


def test_the_answer_keep_saves_the_text_and_a_signed_reason_beside_it(alarm, api, passwords):
    incident = alarm()
    keep = {"answer": "keep", "reason": "搜救需要定位本人", "credential": PASSWORD}

    answer = api(
        "county1.director",
        f"incidents/{incident.number}/observations/",
        {"what": f"电话 {NUMBER}", "personal_data": keep},
    )

    assert answer.status_code == 201, answer.content
    assert Observation.objects.latest("pk").what == f"电话 {NUMBER}"
    kept = Entry.objects.get(kind="personal_data.kept")
    assert kept.actor.username == "county1.director"
    assert kept.subject == incident.key
    assert content_of(kept) == {"reason": "搜救需要定位本人", "entry": "incident.observed", "found": [["what", "mobile"]]}  # fmt: skip


@pytest.mark.parametrize(
    ("keep", "status", "code"),
    [
        ({"reason": "", "credential": PASSWORD}, 422, "personal_data_reason_missing"),
        ({"reason": "搜救", "credential": "wrong"}, 403, "credential_wrong"),
        ({"reason": "搜救"}, 403, "credential_wrong"),
        ({"answer": "whatever"}, 422, "personal_data"),
    ],
)
def test_without_reason_and_credential_nothing_is_kept(alarm, api, passwords, keep, status, code):
    incident = alarm()
    before = Observation.objects.count()
    given = {"what": f"电话 {NUMBER}", "personal_data": {"answer": "keep", **keep}}

    answer = api("county1.director", f"incidents/{incident.number}/observations/", given)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Observation.objects.count() == before
    assert not Entry.objects.filter(kind="personal_data.kept").exists()


def test_a_form_comes_back_with_two_answers_and_all_that_was_typed(alarm, signed_in):
    incident = alarm()
    form = {"to": "unit:T11", "task": f"联系 {NUMBER}", "idempotency_key": "k1", "arrive_within": "30"}

    answer = signed_in("county1.duty").post(f"/incidents/{incident.number}/order/", form)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="mask"' in page
    assert 'value="keep"' in page
    assert "联系 138****8000" in page
    assert all(f'name="{name}" value="{text}"' in page for name, text in form.items())
    assert Order.objects.count() == 0


def test_a_forms_answer_mask_goes_on_with_the_masked_text(alarm, signed_in):
    incident = alarm()
    form = {"what": f"电话 {NUMBER}", "personal_data.answer": "mask"}

    answer = signed_in("county1.duty").post(f"/incidents/{incident.number}/observe/", form)

    assert answer.status_code == 303
    assert Observation.objects.latest("pk").what == "电话 138****8000"


def test_a_forms_answer_keep_asks_reason_and_credential(alarm, signed_in, passwords):
    incident, browser = alarm(), signed_in("county1.director")
    address = f"/incidents/{incident.number}/observe/"
    form = {"what": f"电话 {NUMBER}", "personal_data.answer": "keep", "personal_data.reason": "搜救"}

    refused = browser.post(address, form)
    assert refused.status_code == 403
    assert NUMBER in refused.content.decode()
    assert "搜救" in refused.content.decode()

    assert browser.post(address, {**form, "personal_data.credential": PASSWORD}).status_code == 303
    assert Observation.objects.latest("pk").what == f"电话 {NUMBER}"
    assert content_of(Entry.objects.get(kind="personal_data.kept"))["reason"] == "搜救"


def test_a_signed_reason_also_passes_the_acts_that_refuse_numbers(alarm, reach, now):
    """Closing refused such a summary without a way out; now somebody signs for it."""
    incident, duty = alarm(), reach("county1.duty")
    asked = {"incident_id": incident.pk, "reach": duty, "summary": f"移交 {NUMBER}", "now": now}
    with pytest.raises(Invalid):
        close_incident(**asked, answers=answered(incident, now))

    with kept_because("法院要求"):
        close_incident(**asked, answers=answered(incident, now))

    incident.refresh_from_db()
    assert incident.summary == f"移交 {NUMBER}"
    assert Entry.objects.filter(kind="personal_data.kept", subject=incident.key).count() == 1


def test_secrets_are_not_written_into_the_page(alarm, signed_in):
    incident = alarm()
    form = {"to": "cn-x@1", "reason": f"电话 {NUMBER}", "credential": "my-secret-word"}

    page = signed_in("county1.director").post(f"/incidents/{incident.number}/plan/", form).content.decode()

    assert "my-secret-word" not in page
    assert 'name="credential"' in page


def test_the_signed_reason_ends_with_its_request(alarm, signed_in, passwords, reach, now):
    incident, browser = alarm(), signed_in("county1.director")
    keep = {
        "personal_data.answer": "keep",
        "personal_data.reason": "搜救",
        "personal_data.credential": PASSWORD,
    }
    browser.post(f"/incidents/{incident.number}/observe/", {"what": NUMBER, **keep})

    assert browser.post(f"/incidents/{incident.number}/observe/", {"what": NUMBER}).status_code == 422


def test_messages_are_masked_even_where_the_record_keeps_the_number(plan, units, reach, now):
    given = Alarm(unit=units["C1"], place="大厅", what=f"轻生 {NUMBER}", client_id="x",
                  facts=Facts.from_dict({"life_risk": ["suicide_threat"]}))  # fmt: skip

    with kept_because("搜救"):
        incident, _new = report_incident(reach=reach("county1.duty"), alarm=given, now=now)

    assert incident.what == f"轻生 {NUMBER}"
    texts = list(Notice.objects.values_list("text_zh", "text_en"))
    assert any("138****8000" in text for pair in texts for text in pair)
    assert list(findings_within(texts)) == []


def test_the_journal_masks_what_a_door_has_let_through(cast, units, now, transactional_db):
    from django.db import transaction

    with transaction.atomic():
        entry = record("incident.closed", subject="incident:1", actor=None, at=now,
                       content={"summary": NUMBER, "lines": [{"note": IDENTITY}], "n": 13800138000})  # fmt: skip

    assert content_of(entry) == {
        "summary": "138****8000", "lines": [{"note": "110*************2X"}], "n": 13800138000,
    }  # fmt: skip
    assert entry.content == content_of(entry)
