"""What follows silence: rows that survive anything, and nobody rung who has answered."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction

from accounts.models import Appointment, Post
from journal.models import Entry
from journal.record import content_of
from notices import actions
from notices.choices import ALERT, Answer, Channel, Do, State
from notices.incoming import gateway_events
from notices.models import Callout, EscalationStep, Notice
from notices.occasions import Occasion
from notices.recipients import Recipient
from notices.relevance import validity
from notices.rules import Escalation, StepLine
from notices.sending import outbox
from notices.sending.message_templates import Message
from notices.silence import escalation, manual_calls
from rosters.models import Shift

SECOND = timedelta(seconds=1)
STEPS = (
    StepLine(60 * SECOND, Do.SECOND_CHANNEL, ("voice",)),
    StepLine(120 * SECOND, Do.NEXT_PERSON),
    StepLine(180 * SECOND, Do.BREACH),
)
FACTS = {"level": "红色", "number": "W-1", "area": "一楼大厅", "matter": "多人聚集", "measures": "先救人"}


@pytest.fixture
def warn(cast, units, now):
    """warn("county1.duty") → their callouts, followed up by the usual steps."""

    def queue(*usernames, channels=("app", "sms"), needs_each=True, still=None, subject="warning:7", at=now):
        held = Appointment.objects.filter(person__username__in=usernames).select_related("person", "post")
        with transaction.atomic():
            actions.queue_notices(
                Occasion("warning.signed", subject, units["C1"], thread="incident:5"),
                Message(wording="warning.signed", facts=FACTS),
                recipients=[
                    Recipient(one.person, one.post.title, one.post_id) for one in held.order_by("pk")
                ],
                channels=channels,
                priority=ALERT,
                escalation=Escalation(STEPS, needs_each, still_after=still, still_times=3, level="red"),
                now=at,
            )
        return list(Callout.objects.filter(subject=subject).order_by("pk"))

    return queue


def told_of(username, channel):
    return Notice.objects.get(
        recipient__username=username, channel=channel, subject="warning:7", purpose="warning.signed"
    )


def test_silence_leads_to_the_call_the_next_person_and_the_duty_leader(gateway, warn, now):
    warn("county1.duty")

    outbox.send_due(now)
    assert escalation.take_due(now + 59 * SECOND) == 0
    escalation.take_due(now + 60 * SECOND)
    outbox.send_due(now + 60 * SECOND)
    assert [m.channel for m in gateway.messages()] == ["sms", "voice"]
    assert not Entry.objects.filter(kind="notice.escalated").exists()

    escalation.take_due(now + 120 * SECOND)
    stand_in = Callout.objects.exclude(recipient__username="county1.duty").get()
    assert (stand_in.recipient.username, stand_in.stands_in_for.recipient.username) == (
        "city.duty",
        "county1.duty",
    )
    assert told_of("county1.duty", "sms").state == State.ESCALATED
    assert Entry.objects.get(kind="notice.escalated").level == "red"

    escalation.take_due(now + 180 * SECOND)
    entry = Entry.objects.get(kind="notice.unheard")
    assert content_of(entry)["post"] == "县局值班员"
    breach = Notice.objects.get(purpose__startswith="notice.unheard.", channel="app")
    assert breach.recipient.username == "county1.leader"
    assert "县局值班员" in breach.text_zh
    outbox.send_due(now + 180 * SECOND)
    gateway.messages()


@pytest.mark.parametrize("seconds", [0, 59, 60, 119, 120, 179, 180, 181])
def test_who_has_answered_is_left_in_peace_whenever_they_did(gateway, warn, cast, now, seconds):
    warn("county1.duty")
    outbox.send_due(now)
    for second in range(0, seconds + 1, 1):
        escalation.take_due(now + second * SECOND) if second % 60 == 0 else None
    before = Notice.objects.exclude(channel="app").count()

    actions.acknowledge_notice(
        notice_id=told_of("county1.duty", "app").pk, actor=cast["county1.duty"], now=now + seconds * SECOND
    )
    for second in range(seconds, 400, 20):
        escalation.take_due(now + second * SECOND)

    mine = Notice.objects.filter(recipient=cast["county1.duty"]).exclude(channel="app")
    assert mine.count() <= before
    assert Callout.objects.get(recipient=cast["county1.duty"]).answer == Answer.COMING
    assert not EscalationStep.objects.filter(
        callout__recipient=cast["county1.duty"], done_at__isnull=True
    ).exists()
    gateway.messages()


def test_one_answer_stops_only_its_own_escalation_where_each_must_confirm(gateway, warn, cast, now):
    warn("county1.duty", "county1.director", channels=("app",))
    actions.acknowledge_notice(
        notice_id=told_of("county1.duty", "app").pk, actor=cast["county1.duty"], now=now
    )

    escalation.take_due(now + 200 * SECOND)

    unheard = Callout.objects.filter(breached_at__isnull=False)
    assert [one.recipient.username for one in unheard] == ["county1.director"]


def test_one_ear_is_enough_where_the_plan_says_so(gateway, warn, cast, now):
    warn("county1.duty", "county1.director", channels=("app",), needs_each=False)
    actions.acknowledge_notice(
        notice_id=told_of("county1.duty", "app").pk, actor=cast["county1.duty"], now=now
    )

    escalation.take_due(now + 200 * SECOND)

    assert Callout.objects.count() == 2
    assert set(
        EscalationStep.objects.filter(callout__recipient=cast["county1.director"]).values_list(
            "result", flat=True
        )
    ) == {"another one comes"}


@pytest.mark.parametrize("answer", [Answer.CANNOT, Answer.PASSED_ON])
def test_who_cannot_come_is_replaced_at_once(gateway, warn, cast, now, answer):
    warn("county1.duty", channels=("app",))
    actions.acknowledge_notice(
        notice_id=told_of("county1.duty", "app").pk, actor=cast["county1.duty"], now=now, answer=answer
    )

    escalation.take_due(now + SECOND)

    assert Callout.objects.filter(recipient__username="city.duty").exists()
    escalation.take_due(now + 300 * SECOND)
    assert Callout.objects.get(recipient=cast["county1.duty"]).breached_at is None


def test_coming_and_then_not_is_replaced_too(gateway, warn, cast, now):
    warn("county1.duty", channels=("app",))
    notice = told_of("county1.duty", "app")
    actions.acknowledge_notice(notice_id=notice.pk, actor=cast["county1.duty"], now=now)
    actions.acknowledge_notice(
        notice_id=notice.pk, actor=cast["county1.duty"], now=now + SECOND, answer=Answer.CANNOT
    )

    escalation.take_due(now + 2 * SECOND)

    assert Callout.objects.filter(stands_in_for__recipient=cast["county1.duty"]).count() == 1


def test_a_step_taken_twice_is_taken_once(gateway, warn, now):
    (callout,) = warn("county1.duty")
    step = callout.steps.get(do=Do.SECOND_CHANNEL)

    for _ in range(3):
        escalation.take(step.pk, now + 60 * SECOND)

    assert Notice.objects.filter(channel=Channel.VOICE).count() == 1


def test_asking_twice_is_one_callout_with_its_steps(gateway, warn, now):
    warn("county1.duty")
    warn("county1.duty", at=now + 5 * SECOND)

    assert (Callout.objects.count(), EscalationStep.objects.count()) == (1, 3)


def test_a_wrong_number_does_not_wait_for_the_minute(gateway, warn, now):
    warn("county1.duty")
    gateway.mode = "400"
    outbox.send_due(now)
    gateway.mode = "ok"
    escalation.take_due(now + SECOND)
    outbox.send_due(now + SECOND)

    assert [m.channel for m in gateway.messages()] == ["sms", "voice"]


def test_a_leaver_is_not_called_and_the_next_one_is(gateway, warn, cast, now):
    warn("county1.duty")
    cast["county1.duty"].is_active = False
    cast["county1.duty"].save()
    outbox.send_due(now)
    escalation.take_due(now + SECOND)
    outbox.send_due(now + SECOND)

    assert [m.to for m in gateway.messages()] == [cast["city.duty"].phone]
    assert told_of("county1.duty", "sms").last_error == "the account is closed"


def test_a_roster_edited_while_it_rings_finds_who_is_on_duty_now(gateway, warn, cast, now):
    warn("county1.duty")
    post = Post.objects.get(unit__code="C1", kind="duty_officer")
    Appointment.objects.create(person=cast["county1.petition"], post=post, valid_from=now)
    Shift.objects.create(
        post=post,
        person=cast["county1.petition"],
        starts_at=now,
        ends_at=now + timedelta(hours=8),
        in_force=True,
    )
    outbox.send_due(now)
    escalation.take_due(now + SECOND)
    outbox.send_due(now + SECOND)

    assert [m.to for m in gateway.messages()] == [cast["county1.petition"].phone]
    assert told_of("county1.duty", "sms").last_error == "not on duty any more"


def test_nobody_left_is_a_breach_at_once_and_somebody_to_telephone(gateway, warn, cast, reach, now):
    Appointment.objects.exclude(person=cast["county1.duty"]).update(
        valid_to=now - SECOND, valid_from=now - 2 * SECOND
    )
    warn("county1.duty", channels=("app",))
    escalation.take_due(now + 120 * SECOND)
    escalation.take_due(now + 121 * SECOND)

    # Nobody is asked to telephone themselves: whoever was there a moment ago sees the call.
    assert list(manual_calls.to_call(reach("county1.duty"))) == []
    desk = reach("city.duty", now - 2 * SECOND)
    (callout,) = manual_calls.to_call(desk)
    assert callout.breached_at == now + 121 * SECOND
    manual_calls.record_call(callout_id=callout.pk, reach=desk, outcome="coming", now=now + 200 * SECOND)
    assert list(manual_calls.to_call(desk)) == []


def test_still_on_it_asks_who_has_gone_silent_and_tells_the_leader(gateway, warn, cast, now):
    warn("county1.duty", channels=("app",), still=timedelta(minutes=15))
    actions.acknowledge_notice(
        notice_id=told_of("county1.duty", "app").pk, actor=cast["county1.duty"], now=now
    )

    escalation.take_due(now + timedelta(minutes=15))
    asked = Notice.objects.get(purpose__startswith="warning.signed.still", channel="app")
    assert "仍在处置吗" in asked.text_zh
    escalation.take_due(now + timedelta(minutes=18))

    assert Callout.objects.get(purpose=asked.purpose).breached_at is not None
    assert Callout.objects.filter(recipient__username="city.duty", purpose="warning.signed").exists()
    outbox.send_due(now + timedelta(minutes=18))
    gateway.messages()


def test_nobody_is_asked_when_it_is_over(gateway, warn, cast, now, monkeypatch):
    warn("county1.duty", channels=("app",), still=timedelta(minutes=15))
    actions.acknowledge_notice(
        notice_id=told_of("county1.duty", "app").pk, actor=cast["county1.duty"], now=now
    )
    monkeypatch.setitem(validity.CHECKS, "warning.signed", lambda rows, now: {row.pk: "over" for row in rows})
    escalation.take_due(now + timedelta(minutes=15))

    assert EscalationStep.objects.get(do=Do.STILL_ON_IT).result == "over"


@pytest.mark.parametrize("count", [1, 3])
def test_following_up_costs_four_queries_for_any_number_of_people(
    gateway, cast, units, now, count, django_assert_num_queries
):
    people = [Recipient(person, "") for person in list(cast.values())[:count]]

    with transaction.atomic(), django_assert_num_queries(4):
        actions.queue_notices(
            Occasion("x", "a:1", units["C1"]),
            Message(wording="warning.signed", facts=FACTS),
            recipients=people,
            channels=["app", "sms"],
            escalation=Escalation(STEPS, True),
            now=now,
        )


def test_two_posts_are_one_person_and_one_ring(gateway, warn, cast, units, now):
    post = Post.objects.get(unit=units["C1"], kind="petition_director")
    Appointment.objects.create(person=cast["county1.duty"], post=post, held_as="deputy", valid_from=now)

    warn("county1.duty")
    outbox.send_due(now)

    assert Callout.objects.filter(recipient=cast["county1.duty"]).count() == 1
    assert len(gateway.messages()) == 1


@pytest.mark.parametrize(
    ("events", "answer"),
    [
        ([("reply", "1")], Answer.COMING),
        ([("reply", "2")], Answer.CANNOT),
        ([("reply", "3")], Answer.PASSED_ON),
        ([("heard", ""), ("reply", "1"), ("delivered", "")], Answer.COMING),
        ([("reply", "什么事")], ""),
        ([("failed", ""), ("reply", "1")], Answer.COMING),
    ],
)
def test_a_reply_is_an_answer_in_whatever_order_and_however_often(gateway, warn, now, events, answer):
    (callout,) = warn("county1.duty")
    outbox.send_due(now)
    (message,) = gateway.messages()

    for number, (event, reply) in enumerate([*events, *events]):
        gateway_events.receive(
            gateway_events.Report(
                provider_id=f"p-{message.key}",
                event=event,
                reply=reply,
                at=now + (number % len(events)) * SECOND,
            ),
            now=now + 10 * SECOND,
        )

    callout.refresh_from_db()
    assert callout.answer == answer
    assert Entry.objects.filter(kind="notice.acknowledged").count() == (1 if answer else 0)


def test_after_an_outage_the_leader_knows_at_once_and_the_next_person_is_not_flooded(
    gateway, warn, cast, now
):
    """Every step is an hour late. The person has a minute to hear before anybody is told in their place."""
    hour = timedelta(hours=1)
    warn("county1.duty")
    escalation.take_due(now + hour)
    outbox.send_due(now + hour)
    assert {m.channel for m in gateway.messages() if m.to == cast["county1.duty"].phone} == {"sms", "voice"}
    assert Callout.objects.get().breached_at == now + hour

    actions.acknowledge_notice(
        notice_id=told_of("county1.duty", "app").pk, actor=cast["county1.duty"], now=now + hour + 30 * SECOND
    )
    escalation.take_due(now + hour + 60 * SECOND)

    assert Callout.objects.count() == 1


def test_after_an_outage_the_next_person_is_told_a_minute_later(gateway, warn, now):
    hour = timedelta(hours=1)
    warn("county1.duty")
    escalation.take_due(now + hour)
    escalation.take_due(now + hour + 60 * SECOND)
    outbox.send_due(now + hour + 60 * SECOND)
    gateway.messages()

    assert Callout.objects.filter(recipient__username="city.duty").exists()


@pytest.mark.parametrize(("first", "asked"), [("几点到？", 1), ("收到", 0), ("3分钟后到", 0), ("不能到", 0)])
def test_an_answer_that_nobody_can_read_is_asked_back_once_and_the_next_one_counts(
    gateway, warn, now, first, asked
):
    warn("county1.duty")
    outbox.send_due(now)
    (message,) = gateway.messages()

    def reply(text, reference, second):
        report = gateway_events.Report(
            "p", "reply", now + second * SECOND, reply=text, reference=UUID(reference)
        )
        gateway_events.receive(report, now + second * SECOND)

    reply(first, message.key, 1)
    reply(first, message.key, 2)
    questions = Notice.objects.filter(purpose="warning.signed.asked")
    assert questions.count() == asked
    if asked:
        outbox.send_due(now + 3 * SECOND)
        assert first in gateway.messages()[-1].text
        reply("马上到", questions.get().key.hex, 4)
        assert Callout.objects.get().answer == "coming"
