"""Calls by hand belong to one person, never to the one who is to be called; nothing that must be heard ends in silence."""

from datetime import timedelta

import pytest

from command.orders.actions import issue_order, move_order, read_target
from command.orders.models import OrderStep
from common.errors import Invalid, NotAllowed
from early_warnings.signing.actions import lift_warning
from journal.models import Entry
from journal.record import content_of
from notices.channels import SendResult
from notices.models import Callout, Notice
from notices.silence import manual_calls
from tests.ending.conftest import PASSWORD

SECOND = timedelta(seconds=1)


@pytest.fixture
def order(alarm, reach, now):
    def issue(to="squad:dialogue@C1"):
        return issue_order(
            incident_id=alarm(headcount=8).pk,
            reach=reach("county1.duty"),
            target=read_target(to),
            task="到一楼大厅对话",
            now=now,
        )

    return issue


def test_the_calls_of_a_lifted_warning_are_off_the_list(signed, reach, now, phones, turn):
    warning = signed("yellow")
    at = turn(now, 200)
    assert manual_calls.waiting(reach("county1.duty"), at)

    lift_warning(
        warning_id=warning.pk,
        reach=reach("county1.director"),
        reason="人员已离开",
        credential=PASSWORD,
        now=at,
    )

    for username in ("county1.duty", "county1.leader", "city.duty"):
        assert list(manual_calls.to_call(reach(username))) == []


def test_nobody_is_asked_to_telephone_themselves(signed, reach, cast, now, phones, turn):
    signed("yellow")
    at = turn(now, 200)
    mine = Callout.objects.filter(recipient=cast["county1.leader"], escalated_at__isnull=False).get()

    assert mine not in manual_calls.to_call(reach("county1.leader"))
    with pytest.raises(NotAllowed) as refused:
        manual_calls.record_call(callout_id=mine.pk, reach=reach("county1.leader"), outcome="coming", now=at)
    assert refused.value.code == "call_to_oneself"


def test_each_call_has_one_owner_and_may_be_taken_over(signed, reach, cast, now, phones, turn):
    signed("yellow")
    at = turn(now, 200)
    people = ["county1.duty", "county1.leader", "county1.director", "city.duty", "city.leader"]
    waiting = {name: manual_calls.waiting(reach(name), at) for name in people}
    calls = {call for name in people for call in manual_calls.to_call(reach(name))}

    assert sum(waiting.values()) == len(calls)
    assert waiting["county1.duty"] > 0
    mine = manual_calls.with_owners(manual_calls.to_call(reach("county1.leader")), at)[0]
    assert mine.owner == cast["county1.duty"]
    manual_calls.take_call(callout_id=mine.callout.pk, reach=reach("county1.leader"), now=at)
    taken = Entry.objects.get(kind="notice.call_taken")
    assert (taken.actor.username, taken.subject) == ("county1.leader", mine.callout.subject)
    assert manual_calls.waiting(reach("county1.leader"), at) == 1
    assert manual_calls.waiting(reach("county1.duty"), at) == waiting["county1.duty"] - 1


def test_an_order_nobody_could_be_sent_is_telephoned_by_hand(order, cast, reach, now, phones, turn):
    phones.outcome = lambda notice: SendResult("again", error="the gateway answered 503")
    issued = order()

    at = turn(now, 300)

    calls = manual_calls.to_call(reach("county1.duty")).filter(subject=issued.key)
    assert {call.recipient.username for call in calls} == {"county1.squad.dialogue"}
    assert Notice.objects.filter(purpose__startswith="notice.unheard", subject=issued.key).exists()
    # Their own order is answered by its own acts, not by "coming" and "cannot".
    from notices.reading.queries import inbox

    assert not any(row.wants_answer for row in inbox(cast["county1.squad.dialogue"]))
    move_order(order_id=issued.pk, reach=reach("county1.squad.dialogue"), verb="acknowledge", now=at, note="")
    assert not manual_calls.to_call(reach("county1.duty")).filter(subject=issued.key).exists()


@pytest.mark.parametrize("error", ["never", "number"])
def test_whatever_must_be_heard_and_cannot_leave_is_telephoned(order, cast, reach, now, phones, turn, error):
    if error == "number":
        type(cast["county1.squad.dialogue"]).objects.update(phone="")
    else:
        phones.outcome = lambda notice: SendResult("never", error="the gateway refused it (400)")
    issued = order()

    turn(now, 10)

    assert manual_calls.to_call(reach("county1.duty")).filter(subject=issued.key).exists()


def test_acting_on_behalf_asks_why_and_records_it(order, reach, now):
    issued = order()

    with pytest.raises(Invalid) as refused:
        move_order(order_id=issued.pk, reach=reach("county1.duty"), verb="acknowledge", now=now, note=" ")
    assert refused.value.code == "reason_missing"
    move_order(
        order_id=issued.pk, reach=reach("county1.duty"), verb="acknowledge", now=now, note="电话中口头签收"
    )

    assert OrderStep.objects.get(order=issued).note == "电话中口头签收"
    entry = Entry.objects.get(kind="order.acknowledged")
    assert (content_of(entry)["on_behalf"], content_of(entry)["note"]) == (True, "电话中口头签收")


def test_the_first_button_of_the_duty_officer_is_the_telephone(order, cast, signed_in, reach, now):
    issued = order()
    number = cast["county1.squad.dialogue"].phone

    for address in (f"/incidents/{issued.incident.number}/", "/duty/"):
        page = signed_in("county1.duty").get(address).content.decode()
        card = page[page.index(f'data-key="{issued.key}"') :]
        card = card[: card.index("card-actions") + 3000]
        first = card[card.index('class="button', card.index("card-actions")) :]
        assert f'href="tel:{number}"' in first[:120], address
        assert card.index("tel:") < card.index("order-move" if "order-move" in card else "/acknowledge/")
        # An incident's page has its one blue button in the next step.
        assert first.startswith('class="button primary"') == (address == "/duty/")
    own = signed_in("county1.squad.dialogue").get("/squad/").content.decode()
    assert f"tel:{number}" not in own


def test_an_order_that_reaches_nobody_says_so_at_once(order, cast, signed_in, reach, now):
    from accounts.models import Appointment

    Appointment.objects.filter(person=cast["county1.squad.dialogue"]).update(
        valid_from=now - timedelta(days=2), valid_to=now - SECOND
    )
    issued = order()

    told = Notice.objects.get(purpose="notice.nobody", subject=issued.key)
    assert told.recipient.username == "county1.duty"
    assert "dialogue@C1" in told.text_zh or "对话" in told.text_zh
    page = signed_in("county1.duty").get(f"/incidents/{issued.incident.number}/").content.decode()
    assert "无人可接收" in page


def test_an_alarm_that_reaches_nobody_tells_its_sender_and_records_no_alert(alarm, cast, now, phones):
    from accounts.models import Appointment

    Appointment.objects.exclude(person=cast["county1.duty"]).update(
        valid_from=now - timedelta(days=2), valid_to=now - SECOND
    )
    Appointment.objects.filter(person=cast["county1.duty"]).exclude(post__kind="office_head").update(
        valid_from=now - timedelta(days=2)
    )
    from incidents.reporting import alerts

    original = alerts.called_first
    alerts.called_first = lambda incident, now: []
    try:
        incident = alarm(life_risk=["suicide_threat"])
    finally:
        alerts.called_first = original

    assert not Entry.objects.filter(subject=incident.key, kind="incident.life_safety_alerted").exists()
    assert Entry.objects.filter(subject=incident.key, kind="notice.nobody").exists()
    assert Notice.objects.get(purpose="notice.nobody").recipient.username == "county1.duty"
