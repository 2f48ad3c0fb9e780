"""What goes out: the same bytes under the same id until the partner's own signature says that it has them."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from common.errors import Invalid, NotAllowed, NotFound, WrongState
from exchange import alerts, inbox, outgoing, partners, queries, sending
from exchange.choices import Kind
from exchange.models import Incoming, Outgoing
from journal.models import Entry
from notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plan")]

LIES = [
    "another document", "another receiver", "no number", "no time", "year 1", "more", "stranger", "signed as a document",
]  # fmt: skip


@pytest.fixture
def queued(province, units, cast, now):
    """queued() → a report that goes to the province."""

    def queue(number="C1-1-R1", subject="upward_delivery:1", **more):
        with transaction.atomic():
            return outgoing.hand_over(
                partner=province[1], kind=Kind.UPWARD_REPORT, unit=units["C1"], number=number, title="初报",
                by=cast["county1.duty"], now=now, subject=subject, thread="incident:1", texts=[("经过", "八人")], **more,
            )  # fmt: skip

    return queue


def test_it_is_received_with_the_partners_receipt(province, queued, turn, now):
    other, partner = province
    row = queued()

    assert turn() == 1
    assert turn() == 0

    row.refresh_from_db()
    assert (row.state, row.receipt_number, row.tries) == ("received", "P-001", 1)
    assert json.loads(row.receipt)["sha256"] == row.sha256
    # The report stands in its own table; no second copy is kept.
    assert row.body == ""
    said = json.loads(other.got[0])
    assert (said["from"], said["to"], said["id"]) == (queries.own_uid(), other.uid, row.uid)
    assert set(said) == {
        "version", "id", "kind", "from", "to", "number", "title", "sent_at", "texts", "signed", "due_at", "about",
        "acknowledged",
    }  # fmt: skip
    partner.refresh_from_db()
    assert partner.last_received_at == now
    kinds = Entry.objects.filter(thread="incident:1").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["exchange.queued", "exchange.received_there"]


@pytest.mark.parametrize("lie", LIES)
def test_a_receipt_that_is_not_in_order_counts_for_nothing(province, queued, turn, hands, lie):
    other, _partner = province
    row = queued()
    other.mood = lie

    turn()

    row.refresh_from_db()
    assert (row.state, row.receipt_number, row.last_error) == ("queued", "", "bad_receipt")
    other.mood = "receipt"
    hands.turn(hours=2)
    turn()
    row.refresh_from_db()
    assert (row.state, row.receipt_number) == ("received", "P-001")
    assert other.got[0] == other.got[1]


@pytest.mark.parametrize("mood", [500, 503, 429, 404, 401, "hang up", "stranger refuses", "suspended"])
def test_whatever_nobody_signed_means_later(province, queued, turn, hands, mood):
    other, _partner = province
    row = queued()
    other.mood = mood
    for _n in range(60):
        turn()
        hands.turn(hours=2)
    row.refresh_from_db()
    assert row.state == "queued"

    other.mood = "receipt"
    turn()
    row.refresh_from_db()
    assert row.state == "received"
    assert len(other.kept) == 1


def test_a_refusal_that_the_partner_signed_is_kept_for_somebody_to_see(
    province, queued, turn, reach, hands, now
):
    other, _partner = province
    row = queued()
    other.mood = "refuse"

    turn()

    row.refresh_from_db()
    assert (row.state, row.last_error) == ("refused", "unknown_version")
    assert [one.pk for one in queries.failing(now)] == [row.pk]
    assert alerts.tell_late(now) == 1
    assert Notice.objects.filter(
        purpose="exchange_document.not_received", recipient__username="county1.duty"
    ).exists()
    hands.turn(days=9)
    assert turn() == 0

    other.mood = "receipt"
    outgoing.send_again(reach=reach("county1.duty"), pk=row.pk, now=hands())
    turn()
    row.refresh_from_db()
    assert row.state == "received"
    assert not Notice.objects.open().filter(purpose="exchange_document.not_received").exists()


def test_who_is_away_rests_and_gets_all_of_it_in_order_when_back(province, queued, turn, hands):
    other, partner = province
    rows = [queued(f"C1-1-R{n}", f"upward_delivery:{n}") for n in (1, 2, 3)]
    other.mood = "hang up"
    assert turn() == 1
    partner.refresh_from_db()
    assert partner.silences == 1
    assert turn() == 0
    # Handed out before it began to rest, and taken up only now.
    assert sending.serve(partner.pk, hands) == 0

    other.mood, other.got[:] = "receipt", []
    hands.turn(minutes=11)
    assert turn() == 3

    assert [json.loads(raw)["id"] for raw in other.got] == [row.uid for row in rows]


def test_one_that_is_not_taken_stops_no_other(province, queued, turn, hands):
    other, _partner = province
    bad, good = queued(), queued("C1-1-R2", "upward_delivery:2")
    real = other.answer
    other.answer = lambda uid, raw: (400, {}, other.secret) if uid == bad.uid else real(uid, raw)

    turn()

    good.refresh_from_db()
    assert good.state == "received"


def test_no_number_of_a_person_leaves_even_where_somebody_signed_for_it_here(province, units, cast, now):
    text = "身份证 11010519491231002X，值班室 0519-88886666"
    with transaction.atomic():
        row = outgoing.hand_over(
            partner=province[1], kind=Kind.UPWARD_REPORT, unit=units["C1"], number="C1-1-R1", title=text,
            by=cast["county1.duty"], now=now, texts=[("经过", text)],
        )  # fmt: skip
    assert "11010519491231002X" not in row.body + row.title
    # The duty room's, to be rung back.
    assert row.body.count("0519-88886666") == 2


def test_the_same_thing_goes_to_a_partner_once(queued):
    assert queued().pk == queued().pk


def test_the_duty_room_is_told_once_after_half_an_hour(province, queued, turn, now):
    other, _partner = province
    other.mood = 503
    queued()
    turn()
    assert alerts.tell_late(now + timedelta(minutes=30)) == 0

    assert alerts.tell_late(now + timedelta(minutes=31)) == 1
    assert alerts.tell_late(now + timedelta(minutes=32)) == 0

    assert queries.failing(now + timedelta(minutes=59)) == []
    assert len(queries.failing(now + timedelta(minutes=61))) == 1
    waits = queries.waits()
    assert (waits.queued, waits.refused, waits.age(now + timedelta(hours=1))) == (1, 0, 3600)


def test_a_suspended_partner_is_sent_nothing_and_what_waits_goes_later(province, queued, turn, reach, now):
    from exchange import keys

    other, partner = province
    row = queued()
    partners.suspend_partner(reach=reach("city.sysadmin"), partner_id=partner.pk, reason="核查", now=now)
    assert turn() == 0
    partners.propose_again(reach=reach("city.sysadmin"), partner_id=partner.pk, now=now)
    assert turn() == 0
    partners.confirm_partner(
        reach=reach("city.secadmin"), partner_id=partner.pk, typed=keys.fingerprint(other.public), now=now
    )
    assert turn() == 1
    row.refresh_from_db()
    assert row.state == "received"


def test_an_address_that_is_no_longer_listed_is_not_called(province, queued, turn, settings):
    other, _partner = province
    row = queued()
    settings.EXCHANGE_TARGETS = ["https://elsewhere.example"]
    turn()
    assert other.got == []
    row.refresh_from_db()
    assert row.last_error == "not_listed"


def test_two_senders_do_not_send_to_one_partner_at_once(province, queued, hands, monkeypatch):
    queued()
    seen = []
    real = sending.hand_over

    def slow(*args):
        seen.append(sending.serve(province[1].pk, hands))
        return real(*args)

    monkeypatch.setattr(sending, "hand_over", slow)
    assert sending.serve(province[1].pk, hands) == 1
    assert seen == [0]


def test_what_was_settled_by_telephone_is_tried_no_more(province, queued, turn, reach, now):
    other, _partner = province
    row = queued()
    with pytest.raises(Invalid):
        outgoing.settle(reach=reach("county1.duty"), pk=row.pk, note=" ", now=now)
    with pytest.raises(NotFound):
        outgoing.settle(reach=reach("county2.duty"), pk=row.pk, note="已电话报告", now=now)
    with pytest.raises(NotAllowed):
        outgoing.settle(reach=reach("city.audit"), pk=row.pk, note="已电话报告", now=now)

    outgoing.settle(reach=reach("county1.duty"), pk=row.pk, note="已电话报告省厅值班室", now=now)

    assert turn() == 0
    assert other.got == []
    row.refresh_from_db()
    assert (row.state, row.settled_note, row.body) == ("dropped", "已电话报告省厅值班室", "")
    with pytest.raises(WrongState):
        outgoing.settle(reach=reach("county1.duty"), pk=row.pk, note="再次", now=now)
    with pytest.raises(WrongState):
        outgoing.send_again(reach=reach("county1.duty"), pk=row.pk, now=now)


# --- second receipts and orders --------------------------------------------------------------------------------


def acknowledgement(other, row, now, by="省司法厅值班室 王敏"):
    said = {"by": by, "at": now.isoformat(), "note": "请续报"}
    return other.document(
        "acknowledgement", number="P-001", texts=(), now=now, about=row.uid, acknowledged=said
    )


def test_a_person_there_has_it(province, queued, turn, client, now):
    other, _partner = province
    row = queued()
    turn()

    assert other.push(client, acknowledgement(other, row, now)).status_code == 200

    row.refresh_from_db()
    assert (row.acknowledged_by, row.acknowledged_note) == ("省司法厅值班室 王敏", "请续报")
    assert Entry.objects.filter(kind="exchange.acknowledged_there", thread="incident:1").count() == 1


def test_it_may_overtake_the_first_receipt_and_a_second_one_changes_nothing(
    province, queued, turn, client, now
):
    other, _partner = province
    row = queued()
    other.push(client, acknowledgement(other, row, now))
    other.push(client, acknowledgement(other, row, now, by="别人"))
    turn()
    row.refresh_from_db()
    assert (row.state, row.acknowledged_by) == ("received", "省司法厅值班室 王敏")


def test_a_partner_acknowledges_only_what_went_to_itself(province, city, queued, client, now):
    below, _partner = city
    row = queued()
    answer = below.push(client, acknowledgement(below, row, now, by="冒名"))
    assert answer.status_code == 200
    row.refresh_from_db()
    assert row.acknowledged_at is None


def test_an_order_goes_down_with_the_post_of_whoever_gives_it(city, reach, turn, now, units):
    other, partner = city
    row = outgoing.send_order(
        reach=reach("city.duty"), partner_id=partner.pk, title="派员到场", text="两小时内派员到场并续报。",
        due_at=now + timedelta(hours=2), now=now,
    )  # fmt: skip
    assert turn() == 1
    said = json.loads(other.got[0])
    assert (said["kind"], said["title"], said["number"]) == ("linkage_order", "派员到场", row.number)
    assert said["texts"][0] == {"label": "要求", "text": "两小时内派员到场并续报。"}
    assert said["due_at"]
    row.refresh_from_db()
    assert (row.state, row.unit) == ("received", units["C1"])
    # It stands nowhere else.
    assert "两小时内派员到场并续报。" in row.body


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"text": ""}, "text"),
        ({"text": "电话 13800138000"}, "text"),
        ({"hours": -1}, "due_at"),
    ],
)
def test_an_order_that_is_not_in_order_goes_nowhere(city, reach, now, change, field):
    given = {"title": "派员到场", "text": "派员到场。", "hours": 2, **change}
    due_at = now + timedelta(hours=given.pop("hours"))
    with pytest.raises(Invalid) as refused:
        outgoing.send_order(reach=reach("city.duty"), partner_id=city[1].pk, due_at=due_at, now=now, **given)
    assert field in refused.value.fields
    assert not Outgoing.objects.exists()


@pytest.mark.parametrize("who", ["county2.duty", "city.audit", "city.sysadmin", "town11.clerk"])
def test_nobody_else_orders(city, reach, now, who):
    with pytest.raises(NotFound):
        outgoing.send_order(
            reach=reach(who), partner_id=city[1].pk, title="派员", text="派员。", due_at=None, now=now
        )


def test_nobody_orders_the_level_above(province, reach, now):
    with pytest.raises(NotFound):
        outgoing.send_order(
            reach=reach("city.duty"),
            partner_id=province[1].pk,
            title="派员",
            text="派员。",
            due_at=None,
            now=now,
        )


def test_what_one_installation_writes_the_other_reads(city, client, reach, turn, now):
    """Our own acknowledgement, pushed to the other and read there as it is read here."""
    from exchange import documents

    other, _partner = city
    other.push(client, other.document(now=now))
    inbox.acknowledge(reach=reach("county1.duty"), number=Incoming.objects.get().number, note="", now=now)
    assert turn() == 1
    said = documents.read(other.got[-1])
    assert said["kind"] == "acknowledgement"
    assert said["acknowledged"]["by"]


def test_the_database_keeps_receipts_whole(queued, turn, province):
    """…and a_thing_goes_to_a_partner_once."""
    row = queued()
    rows = Outgoing.objects.filter(pk=row.pk)
    for broken, rule in (
        ({"state": "received"}, "a_received_document_has_its_receipt"),
        ({"received_at": row.queued_at}, "a_received_document_has_its_receipt"),
        ({"acknowledged_at": row.queued_at}, "an_acknowledgement_names_somebody"),
        ({"acknowledged_by": "x"}, "an_acknowledgement_names_somebody"),
        ({"state": "dropped", "body": ""}, "a_settled_document_says_how"),
        ({"state": "dropped", "settled_note": "x"}, "a_text_goes_when_nothing_more_is_tried"),
        ({"body": ""}, "a_text_goes_when_nothing_more_is_tried"),
        (
            {"state": "dropped", "settled_note": "x", "body": "", "subject": ""},
            "a_text_goes_when_nothing_more_is_tried",
        ),
    ):
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            rows.update(**broken)
    twin = Outgoing.objects.get(pk=row.pk)
    twin.pk, twin.uid = None, "doc_another"
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)
    twin.subject, twin.uid = "", row.uid
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)
