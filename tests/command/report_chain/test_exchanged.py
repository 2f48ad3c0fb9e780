"""A report goes over the exchange as it is marked as sent, and its receipts come back onto it."""

import json
from datetime import timedelta

import pytest

from command.destruction import gathered
from command.destruction.choices import DataKind
from command.destruction.models import Certificate
from command.report_chain import sending
from command.report_chain.models import UpwardReport
from common.errors import Invalid
from exchange.models import Outgoing
from exchange.queries import page_of, unsettled_of
from incidents.models import Incident
from journal.models import Entry
from tests.command.report_chain.conftest import ABOVE

pytestmark = pytest.mark.django_db


@pytest.fixture
def above(own_key, open_partner):
    return open_partner("superior", "C0", ABOVE)


def send(report, reach, channel="exchange", **more):
    at = report.signed_at
    return sending.send_report(
        report_id=report.pk, reach=reach("county1.duty", at), channel=channel, now=at, **more
    )


@pytest.mark.parametrize("channel", ["exchange", "fax"])
def test_whatever_the_way_a_superior_with_an_installation_has_it_there_too(
    above, drafted, signed_report, reach, turn, hands, channel
):
    other, _partner = above
    report = signed_report(drafted())
    hands.now = report.signed_at

    report = send(report, reach, channel)

    row = Outgoing.objects.get()
    assert (report.state, row.state, row.number) == ("sent", "queued", report.reference)
    assert turn() == 1
    said = json.loads(other.got[0])
    assert [one["label"] for one in said["texts"]][:2] == ["时间", "地点"]
    assert said["signed"]["sha256"] == report.signature
    text = json.dumps(said, ensure_ascii=False)
    assert str(report.signed_by) not in text
    assert str(report.drafted_by) not in text
    row.refresh_from_db()
    assert row.receipt_number == "P-001"
    # Stored there is not read there: the plan's receipt is a person's.
    assert report.deliveries.get().received_at is None


def test_the_acknowledgement_of_a_person_there_is_the_reports_receipt(
    above, drafted, signed_report, reach, turn, hands, client
):
    other, _partner = above
    report = signed_report(drafted())
    hands.now = report.signed_at
    send(report, reach)
    turn()
    said = {"by": "示例市司法局值班室 王敏", "at": report.signed_at.isoformat(), "note": ""}

    answer = other.push(
        client,
        other.document(
            "acknowledgement", number="P-001", texts=(), now=report.signed_at, about=Outgoing.objects.get().uid,
            acknowledged=said,
        ),
    )  # fmt: skip

    assert answer.status_code == 200
    report = UpwardReport.objects.get()
    delivery = report.deliveries.get()
    assert (report.state, delivery.receiver, delivery.outside_number) == (
        "received", "示例市司法局值班室 王敏", "P-001",
    )  # fmt: skip
    assert delivery.receipt_by is None
    entry = Entry.objects.get(kind="upward_report.received")
    assert (entry.actor, entry.subject) == (None, delivery.key)


def test_the_page_of_what_was_sent_leads_to_the_report(above, drafted, signed_report, reach, turn, hands):
    report = signed_report(drafted())
    hands.now = report.signed_at
    report = send(report, reach)
    turn()
    assert page_of(Outgoing.objects.get()) == f"/incidents/{report.incident.number}/reports/{report.n}/"


def test_who_has_it_there_is_destroyed_with_the_incident(above, drafted, signed_report, reach, turn, hands):
    report = signed_report(drafted())
    hands.now = report.signed_at
    send(report, reach)
    row = Outgoing.objects.get()
    assert unsettled_of(report.incident.key) == 1
    turn()
    assert unsettled_of(report.incident.key) == 0
    Outgoing.objects.filter(pk=row.pk).update(
        acknowledged_at=hands.now,
        acknowledged_by="省厅 王敏",
        acknowledged_note="回电13800138000",
        title="13800138000",
    )

    found = {one.column for one in gathered.of(report.incident) if one.table == "exchange_outgoing"}
    gathered.destroy(report.incident, [DataKind.TEXTS, DataKind.CONTACTS])

    assert found == {"acknowledged_by", "acknowledged_note", "title"}
    row.refresh_from_db()
    assert (row.acknowledged_by, row.acknowledged_note) == (gathered.GONE, "回电138****8000")
    assert row.title == "138****8000"


@pytest.mark.control(55)
@pytest.mark.parametrize("is_kept", [False, True], ids=["destroyed", "kept by a leader"])
def test_who_has_it_there_is_not_kept_when_that_is_said_after_the_certificate(
    above, drafted, signed_report, reach, turn, hands, client, cast, is_kept
):
    other, _partner = above
    report = signed_report(drafted())
    now = hands.now = report.signed_at
    send(report, reach)
    turn()
    Incident.objects.filter(pk=report.incident_id).update(closed_at=now, closed_by=cast["county1.duty"])
    certificate = Certificate.objects.create(
        incident=report.incident, number="XH-C1-1", closed_at=now, sha256="0" * 64, issued_by=cast["county1.duty"], issued_at=now
    )  # fmt: skip
    if is_kept:
        certificate.items.create(
            kind="contacts", state="kept", count=1, ground="evidence", legal_basis="法", reason="诉讼", safeguards="专人",
            until=now + timedelta(days=90), settled_by=cast["county1.duty"], settled_at=now,
        )  # fmt: skip
    said = {"by": "省厅 王敏", "at": now.isoformat(), "note": "回电13800138000"}
    about = Outgoing.objects.get().uid

    answer = other.push(
        client,
        other.document("acknowledgement", number="P", texts=(), now=now, about=about, acknowledged=said),
    )

    row, delivery = Outgoing.objects.get(), report.deliveries.get()
    assert answer.status_code == 200
    assert row.acknowledged_at == now
    assert delivery.received_at is not None
    name = "省厅 王敏" if is_kept else gathered.GONE
    assert (row.acknowledged_by, delivery.receiver) == (name, name)
    assert Entry.objects.filter(kind="certificate.destroyed_again").count() == (not is_kept)


def test_a_receipt_that_somebody_noted_by_hand_stays(
    above, drafted, signed_report, reach, turn, hands, client
):
    other, _partner = above
    report = signed_report(drafted())
    hands.now = report.signed_at
    report = send(report, reach)
    turn()
    sending.record_receipt(
        report_id=report.pk,
        reach=reach("county1.duty", report.sent_at),
        receiver="传真室",
        now=report.sent_at,
    )
    said = {"by": "王敏", "at": report.signed_at.isoformat(), "note": ""}
    other.push(
        client,
        other.document(
            "acknowledgement", number="P", texts=(), now=report.signed_at, about=Outgoing.objects.get().uid, acknowledged=said
        ),
    )  # fmt: skip
    assert report.deliveries.get().receiver == "传真室"
    assert Outgoing.objects.get().acknowledged_by == "王敏"


def test_a_superior_without_an_installation_is_not_sent_to_over_the_exchange(drafted, signed_report, reach):
    report = signed_report(drafted())
    with pytest.raises(Invalid) as refused:
        send(report, reach)
    assert "channel" in refused.value.fields
    report.refresh_from_db()
    assert report.state == "signed"
    assert not Outgoing.objects.exists()


def test_a_drill_never_leaves_the_house(above, drafted, signed_report, incident, reach):
    event = incident()
    type(event).objects.filter(pk=event.pk).update(drill=True)
    event.refresh_from_db()
    report = signed_report(drafted(event))
    assert report.drill

    report = send(report, reach)

    assert report.state == "sent"
    assert not Outgoing.objects.exists()


def test_a_partner_of_other_units_is_not_sent_ours(own_key, open_partner, drafted, signed_report, reach):
    open_partner("superior", "C2", ABOVE)
    report = send(signed_report(drafted()), reach, "fax")
    assert report.state == "sent"
    assert not Outgoing.objects.exists()


def test_the_page_says_what_the_other_installation_has_said(
    above, drafted, signed_report, reach, turn, hands, client, cast
):
    report = signed_report(drafted())
    hands.now = report.signed_at
    client.force_login(cast["county1.duty"])
    page = f"/incidents/{report.incident.number}/reports/{report.n}/"
    assert 'value="exchange"' in client.get(page).content.decode()

    send(report, reach)
    assert "尚未收到" in client.get(page).content.decode()
    turn()
    shown = client.get(page).content.decode()
    assert "P-001" in shown
    assert "已收到" in shown
