"""What the product itself hands to a centre that has an address: queued with the act, sent once with effect, proved."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from clocks.models import Clock
from command.linkage import actions, reporting, rules, sending
from command.linkage.choices import DeliveryState, LinkageVerb, ReportState
from command.linkage.models import LinkageDelivery, LinkageReport, LinkageTry
from common.errors import Invalid, WrongState
from engine.background.jobs import ALL, LANES, LINKAGE
from journal.models import Entry
from journal.record import content_of
from notices.models import Notice
from tests.command.test_linkage import asked, desk, linkage_plan, order, receive, send, tied
from tests.gateways import Provider

__all__ = ["asked", "desk", "linkage_plan", "order", "receive", "send", "tied"]

pytestmark = pytest.mark.django_db(transaction=True)

SECRET, CENTRE = "between the two of us", "区社会应急联动指挥中心"


class FakeCentre(Provider):
    """Takes each key once, as the interface asks; `taken` is what had an effect there."""

    path = "/reports"

    def __init__(self):
        super().__init__()
        self.taken, self.asked = {}, []

    def answer(self, path, headers, body):
        said = json.dumps(body, ensure_ascii=False, sort_keys=True).encode()
        wanted = "sha256=" + hmac.new(SECRET.encode(), said, hashlib.sha256).hexdigest()
        assert headers["X-Signature"] == wanted
        self.asked.append(headers["Idempotency-Key"])
        if self.mode != "ok":
            return int(self.mode), {}
        self.taken.setdefault(headers["Idempotency-Key"], body)
        return 200, {"id": f"LD-R-{list(self.taken).index(headers['Idempotency-Key']) + 1}"}


@pytest.fixture
def centre(settings):
    made = FakeCentre()
    settings.LINKAGE_CENTRES = {CENTRE: {"url": made.url, "secret": SECRET}}
    yield made
    made.close()


@pytest.fixture
def feedback(tied, send):
    return send(tied, "feedback", way="")


def delivery():
    return LinkageDelivery.objects.get()


def told():
    return Notice.objects.filter(purpose="linkage.not_delivered").values("recipient", "channel").distinct()


def test_feedback_waits_for_the_centre_and_its_clock_stops_with_the_receipt(centre, tied, feedback, now):
    clock = Clock.objects.get(subject=tied.key, clock_id="C001-2")
    assert (feedback.state, clock.is_running, centre.asked) == (ReportState.TO_SEND, True, [])

    assert sending.send_due(now + timedelta(seconds=5)) == 1

    feedback.refresh_from_db()
    clock.refresh_from_db()
    assert (feedback.state, feedback.receipt) == (ReportState.CONFIRMED, "LD-R-1")
    assert clock.stopped_at == now + timedelta(seconds=5)
    assert (delivery().state, delivery().receipt, delivery().tries) == (DeliveryState.DELIVERED, "LD-R-1", 1)
    body = centre.taken[f"{tied.number}/feedback/{feedback.pk}"]
    assert (body["kind"], body["outside_number"], body["text"]) == ("feedback", "LD-2026-0815", feedback.text)
    assert LinkageTry.objects.get().way == "auto"
    kinds = ["linkage.queued", "linkage.feedback_sent", "linkage.receipt_recorded"]
    assert list(Entry.objects.filter(kind__in=kinds).order_by("pk").values_list("kind", flat=True)) == kinds
    assert sending.send_due(now + timedelta(hours=1)) == 0


def test_reporting_for_duty_goes_to_the_centre_too(centre, tied, desk, now):
    actions.report_for_duty(order_id=tied.pk, to="", note="两名调解员", **desk)

    sending.send_due(now)

    body = centre.taken[f"{tied.number}/duty"]
    assert (body["kind"], body["reported_to"]) == ("report-for-duty", "现场指挥长")
    entry = Entry.objects.get(kind="linkage.duty_delivered")
    assert content_of(entry)["note"] == "LD-R-1"


def test_the_written_report_ends_the_order_when_the_centre_has_it(centre, tied, send, now):
    send(tied, "final", way="auto")
    tied.refresh_from_db()
    assert tied.is_live

    sending.send_due(now)

    tied.refresh_from_db()
    assert not tied.is_live


def test_what_fails_is_tried_again_ever_later_and_said_once(centre, feedback, now):
    centre.mode, at, waits = "503", now, []
    for _ in range(5):
        assert sending.send_due(at) == 1
        assert sending.send_due(at + timedelta(seconds=1)) == 0
        waits.append((delivery().next_at - at).total_seconds())
        at = delivery().next_at
    assert waits == [30, 60, 120, 240, 480]
    assert told().count() == Notice.objects.filter(purpose="linkage.not_delivered").count() > 0
    assert Entry.objects.filter(kind="linkage.report_failed").count() == 1
    assert LinkageTry.objects.get(is_through=False).note == "the gateway answered 503"

    centre.mode = "ok"
    sending.send_due(at)

    assert (delivery().state, delivery().last_error, len(centre.taken)) == (DeliveryState.DELIVERED, "", 1)


def test_a_refusal_is_said_at_once_and_waits_for_somebody(centre, feedback, desk, now):
    centre.mode = "422"
    sending.send_due(now)
    assert delivery().state == DeliveryState.REFUSED
    assert told().exists()
    assert sending.send_due(now + timedelta(days=1)) == 0

    centre.mode = "ok"
    reporting.try_again(report_id=feedback.pk, way="auto", **desk)
    sending.send_due(now)

    assert delivery().state == DeliveryState.DELIVERED
    with pytest.raises(WrongState):
        reporting.try_again(report_id=feedback.pk, way="auto", **desk)


def test_who_sends_it_by_telephone_meanwhile_calls_the_sending_off(centre, feedback, desk, now):
    centre.mode = "503"
    sending.send_due(now)

    reporting.try_again(report_id=feedback.pk, way="phone", receipt="值班员", **desk)

    assert delivery().state == DeliveryState.CALLED_OFF
    assert sending.send_due(now + timedelta(days=1)) == 0


def test_a_withdrawn_order_sends_nothing_any_more(centre, tied, feedback, desk, now):
    actions.withdraw_order(order_id=tied.pk, reason="电话通知撤回", **desk)

    assert sending.send_due(now) == 0
    assert centre.asked == []


@pytest.mark.parametrize("point", ["linkage.after_claim", "linkage.before_mark"])
def test_a_process_that_dies_has_no_second_effect(centre, feedback, now, monkeypatch, point):
    def die(here):
        if here == point:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sending, "crash_point", die)
        with pytest.raises(KeyboardInterrupt):
            sending.send_due(now)
    assert sending.send_due(now + timedelta(seconds=10)) == 0, "the lease lasts"

    sending.send_due(now + sending.LEASE)

    assert len(set(centre.asked)) == len(centre.taken) == 1
    assert (delivery().state, delivery().receipt) == (DeliveryState.DELIVERED, "LD-R-1")
    assert Entry.objects.filter(kind="linkage.feedback_sent").count() == 1


def test_a_row_that_another_process_has_is_left_to_it(centre, feedback, now):
    LinkageDelivery.objects.update(next_at=now + sending.LEASE)

    assert sending._send(delivery().pk, now) == 0
    assert centre.asked == []


def test_an_answer_that_comes_after_all_is_over_changes_nothing_twice(centre, feedback, desk, now):
    reporting.try_again(report_id=feedback.pk, way="phone", **desk)

    sending.mark(delivery().pk, sending.SendResult("sent", "LD-R-9"), now)

    assert delivery().state == DeliveryState.CALLED_OFF
    assert Entry.objects.filter(kind="linkage.feedback_sent").count() == 1


def test_a_centre_without_an_address_is_told_by_hand(tied, send, desk):
    report = send(tied, "feedback", way="")
    actions.report_for_duty(order_id=tied.pk, to="", **desk)

    assert report.state == ReportState.SENT
    assert LinkageTry.objects.get().way == "system"
    assert not LinkageDelivery.objects.exists()
    with pytest.raises(Invalid) as refused:
        send(tied, "progress", way="auto")
    assert refused.value.code == "centre_without_address"
    assert LinkageReport.objects.count() == 1


def test_a_drill_never_leaves_the_bureau_by_itself(centre, tied, send):
    type(tied).objects.update(drill=True)

    assert send(tied, "feedback", way="").state == ReportState.SENT
    assert not LinkageDelivery.objects.exists()


def test_the_page_and_the_api_show_where_it_stands(centre, tied, feedback, signed_in, now):
    centre.mode = "503"
    sending.send_due(now)

    page = signed_in("county1.duty", "en").get(f"/linkage/{tied.number}/").content.decode()
    found = signed_in("county1.duty").get(f"/api/v1/linkage-orders/{tied.number}/").json()["deliveries"]

    assert "Sent automatically" in page
    assert "1 try: the gateway answered 503" in page
    assert [(one["what"], one["state"], one["tries"]) for one in found] == [("feedback", "queued", 1)]


def test_the_engine_sends_in_a_lane_of_its_own():
    assert LANES["linkage"] == (LINKAGE,)
    assert LINKAGE in ALL


def test_waits_grow_to_half_an_hour_and_hear_the_centre():
    assert [rules.wait_after(n).total_seconds() for n in (1, 2, 7, 50)] == [30, 60, 1800, 1800]
    assert rules.wait_after(1, 45.0) == timedelta(seconds=45)


def test_a_delivery_is_accepted_with_a_receipt_or_not_at_all(centre, feedback):
    with pytest.raises(IntegrityError), transaction.atomic():
        LinkageDelivery.objects.update(state=DeliveryState.DELIVERED)


def test_somebody_reports_for_duty_once(centre, tied, desk):
    """The constraint: reporting_for_duty_is_delivered_once."""
    actions.report_for_duty(order_id=tied.pk, to="", **desk)
    first = delivery()

    with pytest.raises(IntegrityError), transaction.atomic():
        LinkageDelivery.objects.create(
            order=tied, idempotency_key="another", body={}, queued_at=first.queued_at, queued_by=first.queued_by,
            next_at=first.next_at,
        )  # fmt: skip


@pytest.mark.parametrize("verb", rules.DELIVERIES.rows)
def test_every_act_leads_where_the_table_says(centre, feedback, desk, now, verb):
    """From being queued, each act of the table by what brings it about."""
    acts = {
        rules.QUEUE: lambda: None,
        rules.DELIVER: lambda: sending.mark(delivery().pk, sending.SendResult("sent", "1"), now),
        rules.PUT_OFF: lambda: sending.mark(delivery().pk, sending.SendResult("again", error="x"), now),
        rules.REFUSE: lambda: sending.mark(delivery().pk, sending.SendResult("never", error="x"), now),
        rules.CALL_OFF: lambda: reporting.try_again(report_id=feedback.pk, way="fax", **desk),
    }

    acts[verb]()

    assert delivery().state == (rules.DELIVERIES[verb].to or DeliveryState.QUEUED)


def test_progress_is_sent_by_itself_as_well(centre, tied, send):
    assert send(tied, LinkageVerb.PROGRESS.value, way="").state == ReportState.TO_SEND
