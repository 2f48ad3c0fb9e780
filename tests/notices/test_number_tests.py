"""A test of a number asks for an answer within a window, and its result is a list."""

from datetime import timedelta

import pytest
from django.db import transaction

from notices import actions
from notices.choices import TEST
from notices.models import Notice
from notices.number_tests import queue_test, results
from notices.recipients import Recipient
from notices.sending import outbox

MINUTES = timedelta(minutes=1)


@pytest.fixture
def asked_of(cast, units, now):
    def ask(*usernames, channels=("app", "sms"), subject="shift:12"):
        with transaction.atomic():
            return queue_test(
                recipients=[Recipient(cast[name], "") for name in usernames],
                channels=channels,
                subject=subject,
                unit=units["C1"],
                now=now,
                answer_by=now + 5 * MINUTES,
            )

    return ask


def test_a_test_goes_out_at_once_in_its_own_lane(gateway, asked_of, now):
    assert asked_of("county1.duty") == 2
    outbox.send_due(now)

    (message,) = gateway.messages()
    assert message.text == "号码测试，没有发生任何事件。请在09:05前确认：回复1或按1。"
    assert set(Notice.objects.values_list("priority", flat=True)) == {TEST}


@pytest.mark.parametrize(("minutes", "in_time"), [(5, True), (6, False)])
def test_the_result_says_who_answered_in_time(gateway, asked_of, cast, now, minutes, in_time):
    asked_of("county1.duty", channels=["app"])
    notice = Notice.objects.get()
    actions.acknowledge_notice(notice_id=notice.pk, actor=cast["county1.duty"], now=now + minutes * MINUTES)

    (result,) = results("shift:12")

    assert (result.person.username, result.state, result.in_time) == ("county1.duty", "acknowledged", in_time)


def test_a_wrong_number_is_a_result_with_its_reason(gateway, asked_of, now):
    asked_of("county1.duty", channels=["sms"])
    gateway.mode = "400"
    outbox.send_due(now)
    gateway.messages()

    (result,) = results("shift:12")

    assert (result.state, result.answered_at, result.in_time) == ("failed", None, False)
    assert "400" in result.error


def test_asking_twice_is_one_test(gateway, asked_of):
    asked_of("county1.duty")
    asked_of("county1.duty")

    assert Notice.objects.count() == 2
