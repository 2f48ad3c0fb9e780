"""Nothing closes with a number of a person in what it keeps: for every closing of the product, found in its state tables."""

import pytest
from django.apps import apps
from django.db import models, transaction

from accounts.intake import closing
from accounts.intake.closing import CLOSING, NAMES, StoredNumbers, look_before_closing
from accounts.intake.json_columns import NOT_LOOKED_AT
from cases.demands import answering
from cases.demands.actions import register_demand
from cases.demands.models import Demand
from common.states import NOBODY
from common.text.personal_data import findings_within, kept_because, mask_what_is_stored
from journal.keys import key
from journal.models import Entry
from journal.record import content_of
from script import states

NUMBER = "138 0013 8000"
TEXT = f"电话{NUMBER}"

#: Closing entry → the journal's word for the thing that ends.
THINGS = {
    "demand": "demand.closed",
    "matter": "matter.filed",
    "leader_case": "leader_case.closed leader_case.declined",
    "reception": "reception.ended reception.cancelled reception.nobody_came",
    "inquiry": "inquiry.delivered",
    "correction": "correction.verified",
    "supervision_visit": "supervision_visit.answered",
    "incident": "incident.closed incident.retracted",
    "response": "response.ended",
    "warning": "warning.lifted warning.withdrawn",
    "linkage": "linkage.final_report_sent linkage_order.withdrawn",
    "review": "review.approved",
    "improvement": "improvement.confirmed improvement.dropped",
    "drill": "drill.reviewed drill.cancelled",
}

#: Entries of other rows that end with nobody's move: why they are not looked at.
_OF_AN_INCIDENT = "hangs on an incident, whose certificate lists it after closing (command.destruction)"
_ONE_ACT = "begun and ended in one act: what is typed is asked about at the door"
_NO_SENTENCE = "keeps no sentence"
LEFT_OUT = {
    "incident.linked": "nothing ends: it goes on in the other incident",
    **dict.fromkeys(
        ["attendance.left", "attendance.stood_down", "expert.checked_in", "expert.declined", "expert.not_reached", "expert.stood_down", "follow_up.done", "follow_up.dropped", "linkage.receipt_recorded", "measure.refused", "measure.taken", "measure.withdrawn", "obligation.done", "obligation.not_needed", "order.completed", "order.declined", "order.recalled", "partner.answered", "reception.answered", "response.refused", "response.withdrawn", "roll_call.ended", "statement.discarded", "statement.released", "superior_report.delivered", "upward_report.discarded"],
        _OF_AN_INCIDENT,
    ),
    **dict.fromkeys(
        ["exchange.acknowledged", "exchange.settled", "exchange.partner_ended", "exchange.key_withdrawn"],
        "what came was masked before it was stored, and what is typed at the end is asked about at the door",
    ),
    **dict.fromkeys(["zero_report.received", "inquiry.not_needed", "certificate.issued"], _ONE_ACT),
    **dict.fromkeys(
        ["certificate.ended", "handover.taken", "plan.in_force", "readiness.test_planned", "reform.cancelled", "roster.published", "supervision_team.ended", "swap.approved", "swap.declined", "swap.refused", "swap.withdrawn", "warning.adjusted", "webhook.ended", "work.cancelled", "work.done", "work.failed"],
        _NO_SENTENCE,
    ),
    "form.sent": "its fields are one document, looked at when it is sent (cases.official_forms)",
    "written_report.received": "its lines are looked at when it is handed in (written_reports)",
}  # fmt: skip


def test_whatever_ends_is_looked_at_or_left_out_with_a_reason():
    ending = {
        row.entry
        for table in states.tables().values()
        for row in table.rows.values()
        if row.to and table.turns[row.to] == NOBODY and row.entry and row.by != "system"
    }

    assert ending - CLOSING - LEFT_OUT.keys() == set(), "put it into accounts.intake.closing or here"
    assert (CLOSING | LEFT_OUT.keys()) - ending == set(), "ends nothing any more"
    assert CLOSING & LEFT_OUT.keys() == set()
    assert {name for kinds in THINGS.values() for name in kinds.split()} == CLOSING
    assert THINGS.keys() <= closing.things().keys()


@pytest.mark.django_db
def test_each_closing_is_refused_with_the_name_of_the_field(monkeypatch, cast, now):
    """Of the thing and of what was appended to it; what the system closes, and what is begun, is not held up."""
    tried = []
    for word, kinds in THINGS.items():
        model = closing.things()[word]
        places = [(model, column) for column in closing.columns_of(model)]
        places += [
            (beside, name) for _, beside in closing.appended_to(model) for name in closing.columns_of(beside)
        ]
        assert places, word
        for place, column in places:
            monkeypatch.setattr(closing, "_texts", lambda _subject, p=place, c=column: [(p(**{c: TEXT}), c)])
            for kind in kinds.split():
                about = {"subject": key(word, 1), "actor": cast["county1.duty"], "at": now}
                with pytest.raises(StoredNumbers) as refused:
                    look_before_closing(kind, [about])
                assert str(NAMES[column]) in str(refused.value)
                assert NUMBER not in str(refused.value)
                assert refused.value.extra["found"] == [
                    {"field": column, "kind": "mobile", "masked": "138****8000"}
                ]
                look_before_closing(kind, [{**about, "actor": None}])
                tried.append((kind, column))
    assert {kind for kind, _column in tried} == CLOSING
    assert {column for _kind, column in tried} == NAMES.keys(), "a name that no column has"


@pytest.fixture
def told(reach, units, now):
    """A demand, answered and delivered, whose point and step hold a number as an older version kept it."""
    with kept_because("旧数据"):
        made = register_demand(
            reach=reach("county1.duty"), unit=units["C1"], origin="counter", point=TEXT, now=now
        )
        given = {"reach": reach("county1.duty"), "demand_id": made.pk, "now": now}
        answering.issue_reply(**given, outcome="supported", note=TEXT, number="答1")
        answering.deliver_reply(**given, how="in_person", signed=True)
    return made


@pytest.mark.django_db
def test_the_page_asks_what_to_do_and_closes_with_the_answer(told, signed_in):
    browser, address = signed_in("county1.duty", "en"), f"/demands/{told.number}/close/"
    form = {"note": "已办结", "office_number": "XF-1"}

    asked = browser.post(address, form)

    page = asked.content.decode()
    assert asked.status_code == 422
    assert "data-personal-data" in page
    assert "the point asked for" in page
    assert "a note" in page
    assert 'name="office_number" value="XF-1"' in page
    assert not Demand.objects.exclude(closed_at=None).exists()

    done = browser.post(address, {**form, "personal_data.answer": "mask"})

    assert done.status_code == 303
    told.refresh_from_db()
    assert told.closed_at
    assert list(findings_within([told.point, *told.steps.values_list("note", flat=True)])) == []
    entry = Entry.objects.get(kind="personal_data.masked", subject=told.key)
    assert content_of(entry)["entry"] == "demand.closed"
    assert {column for column, _kind in content_of(entry)["found"]} == {"point", "note"}


@pytest.mark.django_db
def test_the_api_asks_too_and_a_signed_reason_is_on_record(told, signed_in, reach, now):
    body = {"note": "已办结", "external_number": "XF-1"}
    answer = signed_in("county1.duty").post(
        f"/api/v1/demands/{told.number}/close/", body, content_type="application/json",
        headers={"Idempotency-Key": "close-1"},
    )  # fmt: skip

    assert (answer.status_code, answer.json()["code"]) == (422, "personal_data_stored")
    assert {one["field"] for one in answer.json()["found"]} == {"point", "note"}
    masked = signed_in("county1.duty").post(
        f"/api/v1/demands/{told.number}/close/", {**body, "personal_data": {"answer": "keep"}},
        content_type="application/json", headers={"Idempotency-Key": "close-2"},
    )  # fmt: skip
    assert masked.json()["code"] == "personal_data_reason_missing"

    before = Entry.objects.filter(kind="personal_data.kept").count()
    with kept_because("当事人要求书面保留"):
        answering.close_demand(
            reach=reach("county1.duty"), demand_id=told.pk, note="已办结", office_number="XF-1", now=now
        )
    told.refresh_from_db()
    assert told.closed_at
    assert told.point == TEXT
    assert Entry.objects.filter(kind="personal_data.kept").count() == before + 1


@pytest.mark.django_db
def test_the_number_of_a_duty_room_stays(told, units, reach, now):
    units["C1"].phone = "0519-87654321"
    units["C1"].save(update_fields=["phone"])
    Demand.objects.filter(pk=told.pk).update(point=f"请致电0519-87654321，不是{NUMBER}")

    with mask_what_is_stored(), transaction.atomic():
        answering.close_demand(
            reach=reach("county1.duty"), demand_id=told.pk, note="已办结", office_number="XF-1", now=now
        )

    told.refresh_from_db()
    assert told.point.startswith("请致电0519-87654321，")
    assert "138****8000" in told.point


# --- texts inside JSON values --------------------------------------------------------------------------------


def test_every_json_column_is_looked_at_or_says_why_not():
    columns = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.JSONField)
    }
    looked_at = columns - NOT_LOOKED_AT.keys()
    things = [closing.things()[word] for word in THINGS]
    closed = {*things, *(beside for model in things for _name, beside in closing.appended_to(model))}

    assert NOT_LOOKED_AT.keys() - columns == set(), "there is no such column any more"
    assert looked_at == {"incidents.Incident.facts", "incidents.Observation.facts", "cases.CaseReason.facts"}
    assert looked_at == {
        f"{model._meta.label}.{name}"
        for model in closed
        for name in closing.columns_of(model)
        if isinstance(model._meta.get_field(name), models.JSONField)
    }, "what is looked at hangs on something that is closed"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "shape", [lambda text: text, lambda text: [1, text], lambda text: {"a": [{"b": text}]}]
)
def test_a_number_inside_a_json_value_is_found_and_masked_where_it_stands(
    shape, units, reach, incident, cast, now
):
    units["C1"].phone = "0519-87654321"
    units["C1"].save(update_fields=["phone"])
    event = incident()
    kept = {"online_views": 5, "online_views_source": shape(f"问0519-87654321或{NUMBER}")}
    type(event).objects.filter(pk=event.pk).update(facts=kept)
    about = {"subject": event.key, "actor": cast["county1.duty"], "at": now}

    with pytest.raises(StoredNumbers) as refused:
        look_before_closing("incident.closed", [about])
    assert refused.value.extra["found"] == [{"field": "facts", "kind": "mobile", "masked": "138****8000"}]
    with mask_what_is_stored(), transaction.atomic():
        look_before_closing("incident.closed", [about])

    event.refresh_from_db()
    assert event.facts == {"online_views": 5, "online_views_source": shape("问0519-87654321或138****8000")}
    look_before_closing("incident.closed", [about])
    assert content_of(Entry.objects.get(kind="personal_data.masked"))["found"] == [["facts", "mobile"]]
