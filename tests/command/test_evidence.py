"""The index of evidence: what there is, who keeps it where; its custody is only added to, and nothing is uploaded."""

from datetime import timedelta

import pytest
from django import forms as django_forms
from django.db import IntegrityError, transaction
from rest_framework import serializers

from command.evidence import actions, forms, queries, rules
from command.evidence.actions import Kept
from command.evidence.models import Custody, EvidenceItem
from common.errors import Invalid, NotAllowed, NotFound
from incidents.actions import close_incident
from journal.models import Entry
from journal.record import content_of
from tests.incidents.closing import answered
from tests.states import nothing_written

pytestmark = pytest.mark.django_db

HASH = "ab" * 32
KEPT = Kept("档案员", "办公室二号柜")


@pytest.fixture
def desk(reach, now):
    return {"reach": reach("county1.duty"), "now": now}


@pytest.fixture
def incident(plan, alarm):
    return alarm()


@pytest.fixture
def enter(incident, desk):
    def put(what="大厅录像 10:05—10:20", kept=KEPT, **more):
        return actions.enter_evidence(incident_id=incident.pk, what=what, kept=kept, **{**desk, **more})

    return put


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HASH, HASH),
        (HASH.upper(), HASH),
        (f" SHA256:{HASH[:32]} {HASH[32:]}\n", HASH),
        (HASH[:-1], None),
        (HASH + "0", None),
        ("g" * 64, None),
        ("", None),
    ],
)
def test_a_hash_is_whole_or_none(text, expected):
    assert rules.sha256_of(text) == expected


def test_an_item_is_entered_with_its_keeper_and_its_hash(enter, now):
    item = enter(sha256=HASH.upper(), at=now - timedelta(hours=1))

    assert (item.sha256, item.collected_at) == (HASH, now - timedelta(hours=1))
    (first,) = item.custody.all()
    assert (first.number, first.custodian, first.place, first.since) == (
        1, "档案员", "办公室二号柜", now - timedelta(hours=1)
    )  # fmt: skip
    content = content_of(Entry.objects.get(kind="evidence.entered"))
    assert (content["what"], content["with"], content["sha256"]) == (item.what, "档案员", HASH)


def test_custody_is_only_added_to_and_each_line_is_on_the_record(enter, incident, desk, now):
    item = enter()
    before = Custody.objects.values().get()

    later = now + timedelta(minutes=10)
    custody = actions.hand_on_evidence(
        item_id=item.pk, kept=Kept("城关派出所", "证物室", "立案需要"), reach=desk["reach"], now=later
    )

    assert (custody.number, custody.since) == (2, later)
    assert Custody.objects.order_by("number").values()[0] == before
    (line,) = queries.of_incident(desk["reach"], incident).lines
    assert [one.custodian for one in line.chain] == ["档案员", "城关派出所"]
    assert line.now.place == "证物室"
    assert content_of(Entry.objects.get(kind="evidence.handed_on"))["custody"] == 2


@pytest.mark.parametrize(
    ("kept", "minutes", "field"),
    [
        (Kept("", "柜", "因"), 0, "custodian"),
        (Kept("员", " ", "因"), 0, "place"),
        (Kept("员", "柜"), 0, "reason"),
        (Kept("员", "柜", "因"), -1, "at"),
        (Kept("员", "柜", "因"), 30, "at"),
    ],
)
def test_a_handing_on_says_who_where_why_and_lies_after_the_last(enter, desk, now, kept, minutes, field):
    item = enter()
    with nothing_written(), pytest.raises(Invalid) as refused:
        actions.hand_on_evidence(item_id=item.pk, kept=kept, at=now + timedelta(minutes=minutes), **desk)
    assert list(refused.value.fields) == [field]
    assert item.custody.count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"what": " "}, "what"),
        ({"sha256": "abc"}, "sha256"),
        ({"kept": Kept("", "柜")}, "custodian"),
        ({"kept": Kept("员", "")}, "place"),
    ],
)
def test_an_item_that_says_too_little_is_refused(enter, given, field):
    with nothing_written(), pytest.raises(Invalid) as refused:
        enter(**given)
    assert list(refused.value.fields) == [field]


def test_nothing_can_be_uploaded():
    """No form and no body of the index takes a file."""
    typed = [field for form in (forms.EvidenceForm, forms.CustodyForm) for field in form.base_fields.values()]
    bodies = [
        field
        for body in (forms.EvidenceSerializer, forms.CustodySerializer)
        for field in body._declared_fields.values()
    ]

    assert typed
    assert bodies
    assert not [field for field in typed if isinstance(field, django_forms.FileField)]
    assert not [field for field in bodies if isinstance(field, serializers.FileField)]


def test_the_index_goes_on_after_the_incident_has_closed(enter, incident, desk, now):
    item = enter()
    close_incident(incident_id=incident.pk, summary="已散", answers=answered(incident, now), **desk)

    custody = actions.hand_on_evidence(item_id=item.pk, kept=Kept("档案馆", "库房", "归档"), **desk)

    assert custody.number == 2


def test_who_may_not_add_to_the_incident_enters_nothing(enter, incident, reach, desk):
    item = enter()
    with nothing_written(), pytest.raises(NotAllowed):
        enter(reach=reach("county2.duty"))
    with nothing_written(), pytest.raises(NotAllowed):
        actions.hand_on_evidence(
            item_id=item.pk, kept=Kept("员", "柜", "因"), reach=reach("county2.duty"), now=desk["now"]
        )
    with pytest.raises(NotFound):
        queries.get_item(reach("county2.duty"), item.pk)


@pytest.mark.parametrize("many", [1, 4])
def test_the_panel_asks_the_same_however_much_there_is(
    enter, incident, desk, many, django_assert_num_queries
):
    for _n in range(many):
        enter()
    with django_assert_num_queries(2):
        found = queries.of_incident(desk["reach"], incident)
        assert [str(line.now.recorded_by) for line in found.lines] == [str(desk["reach"].user)] * many


@pytest.mark.parametrize(
    ("model", "change", "name"),
    [
        (EvidenceItem, {"what": ""}, "evidence_says_what_it_is"),
        (EvidenceItem, {"sha256": "abc"}, "evidence_has_a_whole_hash"),
        (EvidenceItem, {"collected_at": "later"}, "evidence_is_entered_after_it_came_about"),
        (Custody, {"custodian": ""}, "custody_says_who_and_where"),
        (Custody, {"number": 2}, "a_change_of_custody_says_why"),
        (Custody, {"since": "later"}, "custody_is_noted_after_it_begins"),
    ],
)
def test_the_database_refuses_what_is_broken(enter, now, model, change, name):
    enter()
    values = {
        field: now + timedelta(hours=1) if value == "later" else value for field, value in change.items()
    }

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        model.objects.update(**values)


def test_a_line_of_custody_stands_once_in_the_database(enter):
    """custody_numbered_once"""
    line = enter().custody.get()
    line.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        line.save(force_insert=True)


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hans", ("证据目录", "保管记录", "不上传文件")), ("en", ("Index of evidence", "Custody", "Nothing is uploaded"))],
)  # fmt: skip
def test_the_page_and_the_api_enter_and_hand_on(client, cast, incident, wall_clock, language, said):
    client.force_login(cast["county1.duty"])
    client.cookies["language"] = language
    base = f"/incidents/{incident.number}/"
    typed = {"what": "大厅录像", "custodian": "档案员", "place": "二号柜", "sha256": HASH}
    assert client.post(f"{base}evidence/", typed).status_code == 303
    assert client.post(f"{base}evidence/", {**typed, "sha256": "x"}).status_code == 422
    item = EvidenceItem.objects.get()
    on = {"custodian": "城关派出所", "place": "证物室", "reason": "立案"}
    assert client.post(f"/evidence/{item.pk}/hand-on/", on).status_code == 303

    text = client.get(base).content.decode()
    for words in (*said, HASH, "城关派出所"):
        assert words in text, words

    keys = iter("abcdef")

    def api(path, body):
        return client.post(
            f"/api/v1/{path}", body, content_type="application/json", headers={"Idempotency-Key": next(keys)}
        )

    assert api(f"incidents/{incident.number}/evidence/", {**typed, "what": "照片"}).status_code == 201
    assert api(f"evidence/{item.pk}/custody/", {"custodian": "x"}).status_code == 422
    handed = api(f"evidence/{item.pk}/custody/", {**on, "custodian": "检察院"})
    assert [one["custodian"] for one in handed.json()["results"][0]["custody"]] == ["档案员", "城关派出所", "检察院"]  # fmt: skip
    assert len(client.get(f"/api/v1/incidents/{incident.number}/evidence/").json()["results"]) == 2

    client.force_login(cast["county2.duty"])
    assert client.post(f"/evidence/{item.pk}/hand-on/", on).status_code == 404
    assert api(f"evidence/{item.pk}/custody/", on).status_code == 404
