"""Closing asks once what became of everything left open, and the answers stay on the record."""

import pytest

from common.errors import Invalid, WrongState
from incidents.actions import close_incident, reopen_incident
from incidents.checklist.actions import mark_item
from incidents.closing.answers import Answer
from incidents.closing.queries import questions
from incidents.models import Incident
from journal.models import Entry
from journal.record import content_of
from plans.document.life_safety import LIFE_LINES
from tests.incidents.closing import answered

LINES = ["call_120", "keep_apart", "get_help", "L3", "L4"]
CALM = Answer("not_needed", "秩序平稳，无人身危险")
DONE = Answer("done")
ANSWERS = {"call_120": CALM, "keep_apart": DONE, "get_help": DONE, "L3": DONE, "L4": Answer("not_needed")}


@pytest.fixture
def shut(reach, now):
    def shut(incident, **given):
        return close_incident(
            incident_id=incident.pk, reach=reach("county1.duty"), summary="已答复", now=now, **given
        )

    return shut


@pytest.mark.control(21)
def test_closing_with_open_lines_is_refused_and_names_each(alarm, shut):
    incident = alarm(headcount=2)

    with pytest.raises(WrongState) as refused:
        shut(incident)

    assert refused.value.code == "left_open"
    assert [one["key"] for one in refused.value.extra["open"]] == LINES
    assert LIFE_LINES[0].words.zh in str(refused.value)
    incident.refresh_from_db()
    assert incident.is_open
    assert not Entry.objects.filter(kind__in=["incident.closed", "incident.checked"]).exists()


def test_each_is_answered_once_and_the_answers_are_on_record(alarm, shut):
    incident = alarm(headcount=2)

    shut(incident, answers=ANSWERS)

    marks = {mark.item: (mark.outcome, mark.note) for mark in incident.checklist_marks.all()}
    assert marks == {item: tuple(answer) for item, answer in ANSWERS.items()}
    left = content_of(Entry.objects.get(kind="incident.closed"))["left_open"]
    assert {one["item"]: (one["outcome"], one["note"]) for one in left} == marks
    checked = [content_of(entry) for entry in Entry.objects.filter(kind="incident.checked").order_by("pk")]
    assert [(one["item"], one["at_closing"]) for one in checked] == [(item, True) for item in LINES]


def test_what_was_answered_on_the_way_is_not_asked_again(alarm, shut, reach, now):
    incident, duty = alarm(headcount=2), reach("county1.duty")
    for item in LINES:
        mark_item(incident_id=incident.pk, reach=duty, item=item, outcome="done", now=now)

    shut(incident)
    reopen_incident(incident_id=incident.pk, reach=duty, reason="又来了", now=now)
    shut(incident)

    assert content_of(Entry.objects.filter(kind="incident.closed").last())["left_open"] == []


def test_a_life_line_is_left_out_only_with_a_reason(alarm, shut):
    incident = alarm(headcount=2)

    with pytest.raises(Invalid) as refused:
        shut(incident, answers={**ANSWERS, "keep_apart": Answer("not_needed", " ")})

    assert refused.value.code == "answer_not_in_order"
    assert LIFE_LINES[1].words.zh in str(refused.value)


@pytest.mark.control(53)
def test_a_reason_holds_nobodys_number(alarm, shut):
    with pytest.raises(Invalid):
        shut(alarm(headcount=2), answers={**ANSWERS, "call_120": Answer("not_needed", "问过 13800138000")})

    assert Incident.objects.open().count() == 1


def test_an_answer_to_what_was_not_asked_changes_nothing(alarm, shut):
    incident = alarm(headcount=2)

    shut(incident, answers={**ANSWERS, "call-999": DONE, "L99": DONE})

    assert incident.checklist_marks.count() == len(LINES)


# --- doors -----------------------------------------------------------------------------------------------


def test_the_page_asks_beside_the_summary(alarm, signed_in):
    incident = alarm(headcount=2)
    browser = signed_in("county1.duty")

    page = browser.get(f"/incidents/{incident.number}/").content.decode()
    assert [f'name="answer-{item}"' in page for item in LINES] == [True] * len(LINES)

    form = {"summary": "已答复", "why": "秩序平稳", **{f"answer-{item}": "not_needed" for item in LINES}}
    refused = browser.post(f"/incidents/{incident.number}/close/", {"summary": "已答复"})
    closed = browser.post(f"/incidents/{incident.number}/close/", form)

    assert refused.status_code == 409
    assert LIFE_LINES[0].words.zh in refused.content.decode()
    assert closed.status_code == 303
    assert {mark.note for mark in incident.checklist_marks.all()} == {"秩序平稳"}


def test_the_api_lists_what_is_open_and_takes_the_answers(alarm, signed_in):
    address = f"/api/v1/incidents/{alarm(headcount=2).number}/close/"
    browser = signed_in("county1.duty")

    def post(body, key):
        return browser.post(address, body, content_type="application/json", headers={"Idempotency-Key": key})

    refused = post({"summary": "已答复"}, "k1")
    assert (refused.status_code, refused.json()["code"]) == (409, "left_open")
    asked = refused.json()["open"]
    assert asked[0] == {"kind": "checklist", "key": "call_120", "title": LIFE_LINES[0].words.zh}

    answers = [{"item": one["key"], "outcome": "not_needed", "note": "秩序平稳"} for one in asked]
    closed = post({"summary": "已答复", "answers": answers}, "k2")
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    assert post({"summary": "x", "answers": [{"item": "a", "outcome": "maybe"}]}, "k3").status_code == 422


def test_page_costs_the_same_however_many_lines_are_answered(alarm, shut, reach, now):
    incident = alarm(headcount=2)

    assert [one.id for one in questions(incident, now)] == LINES
    shut(incident, answers=answered(incident, now))
    assert questions(incident, now) == []
