"""Who has not handed in is reminded once, and the level above hears of it."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from common.dates.local_time import LOCAL
from notices.models import Notice
from written_reports.asked.reminders import not_needed, remind_written
from written_reports.models import WrittenReminder

pytestmark = pytest.mark.django_db


DUE_AT = datetime(2026, 11, 24, 23, 59, 59, 999999, tzinfo=LOCAL)


def told(purpose):
    rows = Notice.objects.filter(purpose__startswith=purpose, channel="app").select_related(
        "unit", "recipient"
    )
    return sorted((notice.unit.code, notice.recipient.username) for notice in rows)


def test_the_silent_are_reminded_when_the_plan_says_and_once(plan):
    at = DUE_AT - timedelta(hours=31)
    remind_written(at)
    assert told("written.due") == []

    remind_written(at + timedelta(minutes=1))
    assert told("written.due") == [("T11", "town11.clerk")]
    assert remind_written(at + timedelta(minutes=2)) == 0
    notice = Notice.objects.filter(purpose__startswith="written.due").first()
    assert "月研判会" in notice.text_zh
    assert "11-24 23:59" in notice.text_en


def test_at_the_cutoff_the_level_above_hears_who_is_silent(plan):
    remind_written(DUE_AT + timedelta(minutes=1))

    assert told("written.missed") == [("T11", "town11.clerk")]
    assert told("written.silent") == [("C1", "county1.duty")]
    assert "城关镇司法所" in Notice.objects.filter(purpose__startswith="written.silent").first().text_zh


def test_who_has_handed_in_hears_nothing_and_what_was_asked_is_taken_back(plan, write, now):
    at = DUE_AT - timedelta(hours=30)
    remind_written(at)
    notices = Notice.objects.filter(purpose__startswith="written.due")
    assert not not_needed(list(notices), at)

    write(at=at + timedelta(hours=1))

    assert set(notices.values_list("state", flat=True)) == {"cancelled"}
    assert set(not_needed(list(notices), at)) == {notice.pk for notice in notices}
    remind_written(DUE_AT + timedelta(minutes=1))
    assert told("written.missed") + told("written.silent") == []


def test_a_step_missed_for_a_day_is_not_taken_any_more(plan):
    remind_written(DUE_AT + timedelta(hours=25))

    assert [code for code, _person in told("written.") if code != "V111"] == []


#: one_written_reminder_per_number
def test_a_reminder_is_taken_once(plan):
    remind_written(DUE_AT + timedelta(minutes=1))
    row = WrittenReminder.objects.first()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
