"""Who is to be told is fixed in the transaction of the act, and nothing is sent there."""

from datetime import timedelta

import pytest
from django.db import transaction

from notices import actions
from notices.choices import State
from notices.models import Notice
from notices.occasions import Occasion
from notices.reading import queries
from notices.recipients import Recipient
from notices.relevance import ending
from notices.sending.message_templates import Message
from notices.sending.outbox import claim


def test_one_row_per_person_and_way(gateway, tell):
    rows = tell("county1.duty", "county1.director", channels=["app", "sms", "voice"])

    assert len(rows) == 6
    assert {row.post for row in rows} == {"post of county1.duty", "post of county1.director"}


def test_what_is_on_screen_is_sent_by_being_there(tell, now):
    (row,) = tell("county1.duty", channels=["app"])

    assert (row.state, row.sent_at, row.delivered_at) == ("sent", now, None)


def test_without_a_gateway_nothing_is_queued_that_nobody_would_send(tell):
    assert [row.channel for row in tell("county1.duty", channels=["app", "sms", "voice"])] == ["app"]


def test_asking_twice_is_one_notice(gateway, tell):
    tell("county1.duty", channels=["app", "sms"])

    assert len(tell("county1.duty", "county1.duty", channels=["app", "sms"])) == 2


def test_a_call_waits_for_the_text_message_but_not_for_nothing(gateway, tell, now):
    both = {row.channel: row.visible_at - now for row in tell("county1.duty", channels=["sms", "voice"])}
    alone = {
        row.channel: row.visible_at - now
        for row in tell("city.duty", channels=["voice"], subject="warning:8")
    }

    assert both == {"sms": timedelta(0), "voice": timedelta(seconds=60)}
    assert alone == {"voice": timedelta(0)}


def test_queueing_outside_the_transaction_of_the_act_is_refused(transactional_db, now):
    with pytest.raises(transaction.TransactionManagementError):
        actions.queue_notices(
            Occasion("x", "a:1", None), Message("x"), recipients=[], channels=["app"], now=now
        )


@pytest.mark.parametrize("count", [1, 3])
def test_a_fan_out_is_one_insert(gateway, cast, units, now, count, django_assert_num_queries):
    people = [Recipient(person, "") for person in list(cast.values())[:count]]

    with transaction.atomic(), django_assert_num_queries(1):
        actions.queue_notices(
            Occasion("x", "a:1", units["C1"]),
            Message("x"),
            recipients=people,
            channels=["app", "sms"],
            now=now,
        )


def test_withdrawn_before_it_was_sent(gateway, tell, now):
    tell("county1.duty", "county1.director", channels=["app", "sms"])

    assert ending.end_notices(subject="warning:7", purpose="warning", now=now, reason="预警撤回") == 4
    assert claim(9, timedelta(seconds=30), now) == []


def test_the_inbox_shows_the_most_urgent_first_until_confirmed(tell, cast, now):
    tell("county1.duty", channels=["app"], subject="order:1", priority=3)
    tell("county1.duty", channels=["app"], subject="warning:1", priority=1)
    tell("county1.director", channels=["app"], subject="warning:1", priority=1)
    person = cast["county1.duty"]
    assert [row.subject for row in queries.inbox(person)] == ["warning:1", "order:1"]

    assert actions.mark_seen(person=person, now=now) == 2
    assert actions.mark_seen(person=person, now=now) == 0
    actions.acknowledge_notice(notice_id=queries.inbox(person)[0].pk, actor=person, now=now)

    assert [(row.subject, row.state) for row in queries.inbox(person)] == [("order:1", State.DELIVERED)]


def test_in_the_recipients_language_and_a_drill_says_so(gateway, tell, cast):
    cast["county1.director"].language = "en"
    cast["county1.director"].save()
    tell("county1.duty", "county1.director", drill=True)

    texts = {n.recipient.username: n.text_for_recipient() for n in Notice.objects.select_related("recipient")}
    assert texts == {"county1.duty": "【演练】橙色预警", "county1.director": "[DRILL] Orange warning"}
