"""What comes in: known by its signature, stored once, the same receipt for a repetition, acknowledged by a person."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from common.errors import NotAllowed, NotFound, WrongState
from exchange import documents, inbox, keys, partners, queries
from exchange.models import Incoming, Outgoing, Refusal
from exchange.sending import PATH
from journal.models import Entry
from notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plan")]

AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.fixture
def pushed(city, client):
    """pushed(kind) → the answer, for a document that the city below sends."""
    other, _partner = city
    return lambda kind="upward_report", **more: other.push(client, other.document(kind, now=AT, **more))


def receipt_in(other, answer, written):
    """What the other side reads out of the answer; None where it would not count."""
    is_signed = keys.is_signed(
        [own.public for own in queries.own_keys()], answer["webhook-signature"], written.uid,
        answer["webhook-timestamp"], answer.content, answer=True,
    )  # fmt: skip
    assert is_signed
    return documents.read_receipt(
        answer.content, uid=written.uid, sha256=written.sha256, sender=queries.own_uid(), to=other.uid
    )


def test_a_report_from_below_is_stored_told_and_confirmed(city, client, units):
    other, partner = city
    written = other.document(
        now=AT, signed={"by": "示例区司法局 局长", "at": AT.isoformat(), "sha256": "a" * 64}
    )

    answer = other.push(client, written)

    assert answer.status_code == 200
    document = Incoming.objects.get()
    receipt = receipt_in(other, answer, written)
    assert (receipt.number, receipt.received_at) == (document.number, document.received_at)
    assert (document.partner, document.unit, document.state) == (partner, units["C1"], "new")
    assert (document.their_number, document.title) == ("B-R1", "关于大厅聚集的初报")
    assert document.texts == [{"label": "经过", "text": "大厅聚集八人。"}]
    assert (document.sent_at, document.signed_by) == (AT, "示例区司法局 局长")
    entry = Entry.objects.get(kind="exchange.received")
    assert (entry.subject, entry.unit, entry.actor) == (document.key, units["C1"], None)
    told = Notice.objects.filter(purpose="exchange.received")
    assert {one.recipient.username for one in told} == {"county1.duty", "county1.leader"}
    assert {one.subject for one in told} == {document.key}


def test_what_waited_for_days_is_as_good_as_new(city, client, now):
    """Freshness is that of the id and the signature: a document may be as old as an outage is long."""
    other, _partner = city
    written = other.document(now=now - timedelta(days=40))
    assert other.push(client, written).status_code == 200


def test_the_same_twice_is_stored_once_and_has_the_same_receipt(city, client):
    other, _partner = city
    written = other.document(now=AT)

    first, second = other.push(client, written), other.push(client, written)

    assert first.content == second.content
    assert Incoming.objects.count() == 1
    assert Entry.objects.filter(kind="exchange.received").count() == 1


def test_another_content_under_a_known_id_is_refused_and_on_record(city, client):
    other, partner = city
    written = other.document(now=AT)
    other.push(client, written)
    changed = written.body.replace("八人", "六十人").encode()

    answers = [other.push(client, written, changed) for _n in range(3)]

    assert {(one.status_code, one.json()["code"]) for one in answers} == {(409, "other_content")}
    assert "webhook-signature" in answers[0].headers
    assert "六十人" not in str(Incoming.objects.get().texts)
    refusal = Refusal.objects.get()
    assert (refusal.partner, refusal.uid, refusal.code, refusal.times) == (
        partner,
        written.uid,
        "other_content",
        3,
    )
    assert Entry.objects.filter(kind="exchange.refused").count() == 1


def test_a_later_version_is_refused_with_a_sentence(city, client):
    other, _partner = city
    written = other.document(now=AT)
    later = json.dumps({**json.loads(written.body), "version": 2}).encode()

    answer = other.push(client, written, later)

    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_version")
    assert not Incoming.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1a,AAAA"},
        {"webhook-id": "doc_other_one"},
        {"webhook-timestamp": "1"},
        {"exchange-from": "0" * 32},
        {"exchange-from": ""},
        {"exchange-from": "x" * 5000},
    ],
)
def test_whoever_is_not_known_by_a_signature_leaves_nothing_behind(city, client, headers):
    other, _partner = city

    answer = other.push(client, other.document(now=AT), **headers)

    assert (answer.status_code, answer.json()["code"]) == (403, "bad_signature")
    assert answer["Content-Type"] == "application/problem+json"
    assert "webhook-signature" not in answer.headers
    assert not Incoming.objects.exists()
    assert not Refusal.objects.exists()


def test_the_key_of_another_partner_signs_nothing_for_this_one(city, province, client):
    below, above = city[0], province[0]
    written = below.document(now=AT)
    raw = written.body.encode()
    answer = client.post(
        PATH, raw, content_type="application/json", headers=below.headers(written.uid, raw, above.secret)
    )
    assert answer.status_code == 403


def test_who_waits_for_the_second_person_is_not_known_yet(own_key, open_partner, client):
    other, _partner = open_partner("subordinate", "C1", confirm=False)
    assert other.push(client, other.document(now=AT)).status_code == 403


def test_who_is_suspended_is_told_so_and_nothing_is_taken(city, client, reach, now):
    other, partner = city
    partners.suspend_partner(reach=reach("city.secadmin"), partner_id=partner.pk, reason="核查", now=now)

    answer = other.push(client, other.document(now=AT))

    assert (answer.status_code, answer.json()["code"]) == (403, "partner_not_in_use")
    assert not Incoming.objects.exists()


def test_a_document_for_somebody_else_is_not_taken(city, client):
    """A third installation cannot pass on what it was sent."""
    other, _partner = city
    written = documents.write(
        kind="upward_report", sender=other.uid, to="e" * 32, number="B-R1", title="初报", at=AT
    )
    assert other.push(client, written).json()["code"] == "other_address"


@pytest.mark.parametrize(("whose", "kind"), [("city", "linkage_order"), ("province", "upward_report")])
def test_orders_go_down_and_reports_go_up(request, client, whose, kind):
    other, _partner = request.getfixturevalue(whose)
    answer = other.push(client, other.document(kind, now=AT))
    assert (answer.status_code, answer.json()["code"]) == (403, "other_direction")


@pytest.mark.parametrize("kind", ["summary", "written_report"])
def test_it_stands_in_the_inbox_there_without_a_text_message(city, client, cast, now, kind):
    other, _partner = city
    written = other.document(kind, title="零报告汇总", now=now, texts=[("一、概况", "应报 2")])
    assert other.push(client, written).status_code == 200
    document = Incoming.objects.get()
    assert {one.channel for one in Notice.objects.filter(purpose="exchange.received")} == {"app"}
    client.force_login(cast["county1.duty"])
    shown = client.get(f"/exchange/in/{document.number}/").content.decode()
    assert "应报 2" in shown
    assert "签收" in shown


def test_no_summary_comes_from_above(province, client, now):
    other, _partner = province
    answer = other.push(client, other.document("summary", now=now))
    assert (answer.status_code, answer.json()["code"]) == (403, "other_direction")


def test_an_order_from_above_comes_to_the_duty_room(province, client, units):
    other, _partner = province
    answer = other.push(client, other.document("linkage_order", now=AT, due_at=AT + timedelta(days=2)))
    assert answer.status_code == 200
    document = Incoming.objects.get()
    assert (document.kind, document.unit, document.due_at) == (
        "linkage_order",
        units["C0"],
        AT + timedelta(days=2),
    )
    assert Notice.objects.filter(purpose="exchange.received", recipient__username="city.duty").exists()


def test_numbers_of_people_are_masked_where_they_are_stored(city, client):
    other, _partner = city
    other.push(client, other.document(now=AT, texts=[("联系", "值班室 0519-88886666")]))
    # Written past what our own sender masks.
    written = other.document(now=AT, number="B-R2", texts=[("经过", "NUMBER")])
    raw = written.body.replace("NUMBER", "身份证 11010519491231002X，手机 13800138000").encode()
    assert other.push(client, written, raw).status_code == 200

    first, second = Incoming.objects.order_by("pk")
    # The duty room's, to be rung back.
    assert "0519-88886666" in str(first.texts)
    assert "11010519491231002X" not in str(second.texts)
    assert "13800138000" not in str(second.texts)


# --- hostile documents -----------------------------------------------------------------------------------------


def changed(written, **more):
    return json.dumps({**json.loads(written.body), **more}).encode()


HOSTILE = {
    "no JSON": lambda _one: b"{",
    "empty": lambda _one: b"",
    "no object": lambda _one: b"[1]",
    "a list of lists": lambda _one: b"[" * 100_000,
    "deep": lambda one: changed(one)[:-1] + b',"x":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "deep texts": lambda one: changed(one, texts=json.loads("[" * 400 + "]" * 400)),
    "NUL": lambda one: changed(one, title="a\x00b"),
    "half a surrogate": lambda one: changed(one, title="a\ud800b"),
    "half a surrogate in a name": lambda one: changed(one, **{"x\udfff": 1}),
    "no UTF-8": lambda one: changed(one)[:-1] + b',"x":"\xff\xfe"}',
    "NaN": lambda one: changed(one, due_at=float("nan")),
    "a great number": lambda one: changed(one)[:-1] + b',"x":' + b"9" * 5000 + b"}",
    "version as text": lambda one: changed(one, version="one"),
    "version 0": lambda one: changed(one, version=0),
    "version true": lambda one: changed(one, version=True),
    "version as a list": lambda one: changed(one, version=[1]),
    "unknown field": lambda one: changed(one, admin=True),
    "texts as text": lambda one: changed(one, texts="x"),
    "text as a number": lambda one: changed(one, texts=[{"label": "x", "text": {"a": 1}}]),
    "too many texts": lambda one: changed(one, texts=[{"label": "", "text": ""}] * 41),
    "a long text": lambda one: changed(one, texts=[{"label": "", "text": "长" * 8001}]),
    "a long title": lambda one: changed(one, title="x" * 201),
    "unknown kind": lambda one: changed(one, kind="wire_transfer"),
    "kind as a list": lambda one: changed(one, kind=["upward_report"]),
    "time as a number": lambda one: changed(one, sent_at=1),
    "year 1": lambda one: changed(one, sent_at="0001-01-01T00:00:00+14:00"),
    "year 9999": lambda one: changed(one, sent_at="9999-12-31T23:59:59-14:00"),
    "signed as text": lambda one: changed(one, signed="me"),
    "signed with a wrong hash": lambda one: changed(one, signed={"by": "x", "at": AT.isoformat(), "sha256": "zz"}),
    "another id": lambda one: changed(one, id="doc_another_one"),
    "an acknowledgement of nothing": lambda one: changed(one, kind="acknowledgement"),
    "a report that acknowledges": lambda one: changed(
        one, about="doc_12345678", acknowledged={"by": "x", "at": AT.isoformat(), "note": ""}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused_with_a_problem(city, client, name):
    other, _partner = city
    written = other.document(now=AT)

    answer = other.push(client, written, HOSTILE[name](written))

    assert 400 <= answer.status_code < 500, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"]
    assert answer.json()["detail"]
    assert not Incoming.objects.exists()


def test_a_huge_document_is_refused_unread(city, client):
    other, _partner = city
    written = other.document(now=AT)
    for size in (256 * 1024 + 1, 3 * 1024 * 1024):
        answer = other.push(client, written, b"x" * size)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert not Refusal.objects.exists()


def test_refusals_of_a_partner_gone_mad_are_not_kept_without_end(city, client, monkeypatch):
    monkeypatch.setattr("exchange.rules.MOST_REFUSALS", 3)
    other, _partner = city
    for _n in range(6):
        other.push(client, other.document(now=AT), b"{")
    assert Refusal.objects.count() == 3


def test_without_a_listed_address_there_is_no_door(client, settings):
    settings.EXCHANGE_TARGETS = []
    answer = client.post(PATH, b"{}", content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


# --- a person acknowledges -------------------------------------------------------------------------------------


def test_a_person_acknowledges_and_the_sender_is_told_who(city, client, pushed, reach, cast, now):
    _other, partner = city
    pushed()
    document = Incoming.objects.get()

    inbox.acknowledge(reach=reach("county1.duty"), number=document.number, note="已转带班领导", now=now)

    document.refresh_from_db()
    assert (document.state, document.acknowledged_by, document.note) == (
        "acknowledged", cast["county1.duty"], "已转带班领导",
    )  # fmt: skip
    row = Outgoing.objects.get()
    said = json.loads(row.body)
    assert (row.partner, row.kind, said["about"]) == (partner, "acknowledgement", document.uid)
    assert str(cast["county1.duty"]) in said["acknowledged"]["by"]
    assert said["acknowledged"]["note"] == "已转带班领导"
    assert not Notice.objects.open().filter(purpose="exchange.received").exists()
    assert Entry.objects.filter(kind="exchange.acknowledged", subject=document.key).count() == 1


def test_nothing_of_an_acknowledgement_is_kept_but_that_it_came(province, client):
    other, _partner = province
    said = {"by": "王敏", "at": AT.isoformat(), "note": "请续报"}
    written = other.document(
        "acknowledgement",
        texts=(),
        now=AT,
        about="doc_12345678",
        acknowledged=said,
        title="致家属 0519-88886666",
    )
    assert other.push(client, written).status_code == 200
    kept = Incoming.objects.get()
    assert (kept.title, kept.texts, kept.note, kept.signed_by) == ("", [], "", "")


def test_it_is_acknowledged_once(city, pushed, reach, now):
    pushed()
    number = Incoming.objects.get().number
    inbox.acknowledge(reach=reach("county1.duty"), number=number, note="", now=now)
    with pytest.raises(WrongState):
        inbox.acknowledge(reach=reach("county1.director"), number=number, note="", now=now)
    assert Outgoing.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("county2.duty", NotFound), ("county1.squad.dialogue", NotFound), ("city.audit", NotAllowed), ("town11.clerk", NotFound)],
)  # fmt: skip
def test_who_does_not_answer_for_the_unit_does_not_acknowledge(city, pushed, reach, now, who, refusal):
    pushed()
    with pytest.raises(refusal):
        inbox.acknowledge(reach=reach(who), number=Incoming.objects.get().number, note="", now=now)


def test_the_database_keeps_one_document_per_id_and_who_acknowledged(city, pushed):
    """…a_document_of_a_partner_once, and a_refusal_is_counted_once."""
    pushed()
    document, rule = Incoming.objects.get(), "an_acknowledged_document_says_by_whom"
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Incoming.objects.filter(pk=document.pk).update(state="acknowledged")
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Incoming.objects.filter(pk=document.pk).update(acknowledged_at=AT)
    document.pk, document.number = None, "XR-C1-20261122-999"
    with pytest.raises(IntegrityError), transaction.atomic():
        document.save(force_insert=True)
    refusal = {
        "partner": document.partner,
        "uid": "d",
        "sha256": "s",
        "code": "c",
        "first_at": AT,
        "last_at": AT,
    }
    Refusal.objects.create(**refusal)
    with pytest.raises(IntegrityError), transaction.atomic():
        Refusal.objects.create(**refusal)
