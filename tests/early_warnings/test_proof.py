"""The proof sheet: who was told of a signed warning, by the journal, and what followed where nobody heard."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from accounts.models import Post
from early_warnings import queries
from notices import actions
from notices.models import Callout, EscalationStep, Notice
from notices.silence import escalation

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(signed_in):
    return lambda warning, username="county1.duty": signed_in(username).get(
        reverse("warning-proof", args=[warning.number])
    )


def test_a_red_warning_wants_everybody_and_a_yellow_one_an_ear(signed, now):
    red, yellow = signed("red"), signed("yellow")

    assert set(Callout.objects.filter(subject=red.key).values_list("needs_each", flat=True)) == {True}
    assert set(Callout.objects.filter(subject=yellow.key).values_list("needs_each", flat=True)) == {False}


def test_the_sheet_has_the_times_of_the_journal(signed, cast, now):
    warning = signed("red")
    told = Notice.objects.get(
        subject=warning.key, recipient=cast["county1.duty"], channel="app", purpose="warning.signed"
    )
    later = now + timedelta(seconds=40)
    actions.mark_seen(person=cast["county1.duty"], now=now + timedelta(seconds=5))
    actions.acknowledge_notice(notice_id=told.pk, actor=cast["county1.duty"], now=later)

    sheet = queries.proof_sheet(warning)
    person = next(one for one in sheet.people if one.callout.recipient == cast["county1.duty"])
    (line,) = person.lines

    assert (line.delivered_at, line.acknowledged_at) == (now + timedelta(seconds=5), later)
    assert person.is_reached
    assert sheet.reached == 1


def test_a_deaf_recipient_is_seen_with_who_was_told_instead(signed, page, now):
    warning = signed("red")
    for seconds in (60, 120, 180):
        escalation.take_due(now + timedelta(seconds=seconds))

    text = page(warning).content.decode()

    assert "尚未收悉" in text
    assert "报带班领导：无人应答" in text
    assert "data-print" in text
    assert Callout.objects.filter(subject=warning.key, breached_at__isnull=False).exists()


def test_the_sheet_is_for_who_sees_the_warning(signed, page):
    warning = signed("red")

    assert page(warning, "county1.duty").status_code == 200
    assert page(warning, "city.director").status_code == 200
    assert page(warning, "county2.duty").status_code == 404


def test_the_sheet_costs_the_same_for_more_people(signed, page, cast, units, now):
    few = signed("yellow")
    many = signed("red")
    page(few)
    with CaptureQueriesContext(connection) as small:
        queries.proof_sheet(few)
    with CaptureQueriesContext(connection) as large:
        queries.proof_sheet(many)

    assert Callout.objects.filter(subject=many.key).count() > 0
    assert len(large) == len(small) == 4


@pytest.mark.parametrize(("language", "begins"), [("en", "told: The next leader"), ("zh-hans", "已通知：")])
def test_whoever_was_told_next_is_called_in_the_readers_language(signed, now, language, begins):
    warning = signed("red")
    for seconds in (60, 120, 180):
        escalation.take_due(now + timedelta(seconds=seconds))
    told = list(EscalationStep.objects.filter(result__startswith="told ", callout__subject=warning.key))
    assert told
    Post.objects.filter(title__in=[one.result.removeprefix("told ") for one in told]).update(
        title_en="The next leader"
    )

    with override(language):
        steps = [step for person in queries.proof_sheet(warning).people for step in person.steps]
        words = [step.result_words for step in steps if step.result.startswith("told ")]

    assert words
    assert all(one.startswith(begins) for one in words)


def test_the_sheet_names_the_version_of_each_text_and_says_it_word_for_word(signed, page, cast):
    warning = signed("red")
    told = Notice.objects.filter(subject=warning.key, purpose="warning.signed", channel="app")
    assert set(told.values_list("wording", flat=True)) == {"warning.signed/full@1"}

    texts = queries.proof_sheet(warning).texts
    assert [text.wording for text in texts if told[0].text_zh in text.words] == ["warning.signed/full@1"]
    shown = page(warning).content.decode()
    assert "warning.signed/full@1" in shown
    assert "红色预警 " + warning.number in shown
