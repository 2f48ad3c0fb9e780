"""Whatever ends takes its messages, calls and escalations with it, also those under way."""

from datetime import timedelta

import pytest

from command.orders.actions import issue_order, move_order, read_target
from early_warnings.signing.actions import lift_warning
from incidents.actions import close_incident, retract_incident
from incidents.reporting.actions import add_observation
from journal.models import Entry
from notices.channels import SendResult
from notices.models import Callout, EscalationStep, Notice
from plans.engine.facts import Facts
from tests.ending.conftest import PASSWORD
from tests.incidents.closing import answered

SECOND = timedelta(seconds=1)


def ends_retracted(alarm, signed, reach, now, turn):
    incident = alarm(life_risk=["suicide_threat"])
    turn(now, 0)
    retract_incident(incident_id=incident.pk, reach=reach("county1.duty"), now=now + 3 * SECOND)


def ends_lifted(alarm, signed, reach, now, turn):
    warning = signed("yellow")
    turn(now, 0)
    lift_warning(
        warning_id=warning.pk,
        reach=reach("county1.director"),
        reason="人员已离开",
        credential=PASSWORD,
        now=now + 3 * SECOND,
    )


def ends_safe(alarm, signed, reach, now, turn):
    incident = alarm(life_risk=["suicide_threat"])
    turn(now, 0)
    add_observation(
        incident_id=incident.pk,
        reach=reach("county1.duty"),
        what="已劝下",
        facts=Facts.from_dict({"life_risk": []}),
        now=now + 3 * SECOND,
    )


def ends_closed(alarm, signed, reach, now, turn):
    incident = alarm(life_risk=["suicide_threat"])
    turn(now, 0)
    at = now + 3 * SECOND
    close_incident(
        incident_id=incident.pk,
        reach=reach("county1.duty"),
        summary="已劝下",
        answers=answered(incident, at),
        now=at,
    )


def ends_recalled(alarm, signed, reach, now, turn):
    incident = alarm(headcount=8)
    order = issue_order(
        incident_id=incident.pk,
        reach=reach("county1.duty"),
        target=read_target("squad:dialogue@C1"),
        task="到场对话",
        now=now,
    )
    turn(now, 0)
    move_order(
        order_id=order.pk, reach=reach("county1.duty"), verb="recall", note="误派", now=now + 3 * SECOND
    )


ENDS = [ends_retracted, ends_lifted, ends_safe, ends_closed, ends_recalled]
#: What may still be said after an end: that it is over.
FAREWELLS = ("incident.stood_down", "warning.lifted", "order.recalled")


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("gateway", ["well", "busy"])
def test_after_an_end_no_message_and_no_call_leaves(end, gateway, alarm, signed, reach, now, phones, turn):
    if gateway == "busy":
        phones.outcome = lambda notice: SendResult("again", error="the gateway answered 503")

    end(alarm, signed, reach, now, turn)
    phones.clear()
    turn(now + 3 * SECOND, 400)

    assert [rang for rang in phones.rang if not rang[2].startswith(FAREWELLS)] == []
    assert not Entry.objects.filter(kind__in=["notice.escalated", "notice.unheard"]).exists()
    assert not EscalationStep.objects.filter(done_at=None).exists()


@pytest.mark.parametrize("end", ENDS)
def test_after_an_end_nobody_is_asked_on_screen_whether_they_come(
    end, alarm, signed, reach, now, phones, turn
):
    end(alarm, signed, reach, now, turn)

    left = Notice.objects.filter(channel="app", state__in=["sent", "delivered", "escalated"])
    told = ("incident.life_safety", "warning.signed", "order.issued")
    assert not left.filter(purpose__in=told).exists()
    if end in (ends_retracted, ends_closed):
        assert not left.filter(purpose="incident.reported").exists()


def test_a_call_that_was_claimed_before_the_end_does_not_ring_after_it(alarm, reach, now, phones, turn):
    """Two engines: one has taken the step, the other sends. The end comes in between."""
    incident = alarm(life_risk=["suicide_threat"])
    turn(now, 0)
    Notice.objects.filter(channel="voice").update(visible_at=now)
    type(incident).objects.filter(pk=incident.pk).update(state="retracted")
    phones.clear()

    turn(now + SECOND, 300)

    assert phones.rang == []
    assert not EscalationStep.objects.filter(done_at=None).exists()


def test_who_was_told_hears_that_it_is_over(alarm, reach, now, phones, turn):
    incident = alarm("town11.clerk", unit="T11", life_risk=["suicide_threat"])
    turn(now, 0)
    rung = {user for channel, user, purpose, _s in phones.rang if channel == "sms"}
    phones.clear()

    close_at = now + 20 * SECOND
    retract_incident(incident_id=incident.pk, reach=reach("town11.clerk"), now=close_at)
    turn(close_at, 0)

    said = {user for channel, user, purpose, _s in phones.rang if purpose.startswith("incident.stood_down")}
    assert said == rung - {"town11.clerk"}


def test_a_late_reply_to_what_is_over_starts_nothing(alarm, reach, now, phones, turn):
    from notices.incoming.gateway_events import Report, receive

    incident = alarm(life_risk=["suicide_threat"])
    turn(now, 0)
    text = Notice.objects.filter(channel="sms", state="sent").first()
    retract_incident(incident_id=incident.pk, reach=reach("county1.duty"), now=now + 3 * SECOND)

    receive(Report(text.provider_id, "reply", now + 9 * SECOND, reply="2"), now + 9 * SECOND)
    phones.clear()
    turn(now + 10 * SECOND, 2000, step=60)

    assert [rang for rang in phones.rang if not rang[2].startswith(FAREWELLS)] == []
    callout = Callout.objects.get(recipient=text.recipient)
    assert callout.answer == "cannot"
    assert not callout.steps.filter(done_at=None).exists()
